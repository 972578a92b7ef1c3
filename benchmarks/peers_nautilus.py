"""The peers' signal in a backtest engine: run by the interpreter of an environment that has nautilus_trader.

    python peers_nautilus.py FOLDER     an export in Parquet

It imports nothing of ours, and prints one line of JSON: what it measured, and what it found.
"""

import hashlib
import json
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import nautilus_trader
import pyarrow.dataset
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.common.actor import Actor
from nautilus_trader.config import LoggingConfig
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AccountType, OmsType
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler

THRESHOLDS = (0.02, 0.04, 0.08)
VENUE = Venue("XNAS")


class Drawdowns(Actor):  # type: ignore[misc]
    """Notes each change of level of each share's fall from its high so far."""

    def __init__(self, bar_types: list[Any]) -> None:
        super().__init__()
        self.bar_types = bar_types
        self.shares: dict[Any, list[Any]] = {}
        self.crossings: list[str] = []

    def on_start(self) -> None:
        for bar_type in self.bar_types:
            self.shares[bar_type] = [str(bar_type.instrument_id.symbol), 0.0, 0.0, 0]
            self.subscribe_bars(bar_type)

    def on_bar(self, bar: Any) -> None:
        share = self.shares[bar.bar_type]
        share[1] = high = max(share[1], bar.high.as_double())
        share[2] = fall = round((high - bar.close.as_double()) / high, 6)
        level = sum(fall >= threshold for threshold in THRESHOLDS)
        if level != share[3]:
            share[3] = level
            self.crossings.append(f"{share[0]} {bar.ts_event // 1_000} {level}")


def main(folder: Path) -> None:
    columns = ["key", "event_type", "bucket", "open_usd", "high_usd", "low_usd", "close_usd", "volume"]
    files = sorted(folder.glob("*/*.parquet"))
    bars = pyarrow.dataset.dataset(files).to_table(columns).to_pandas()
    bars = bars[bars.event_type == "EquityBarClosed"].set_index("bucket")
    bars.columns = [name.removesuffix("_usd") for name in bars.columns]
    config = BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False)
    engine = BacktestEngine(config)
    # What makes it faster: no orders are filled with bars.
    engine.add_venue(VENUE, OmsType.NETTING, AccountType.CASH, [Money(1, USD)], bar_execution=False)
    types, data = [], []
    for name, rows in bars.groupby("key", sort=False):
        instrument = _instrument(str(name))
        engine.add_instrument(instrument)
        types.append(BarType.from_str(f"{instrument.id}-1-MINUTE-LAST-EXTERNAL"))
        ohlcv = rows[["open", "high", "low", "close", "volume"]].astype(float).copy()
        data += BarDataWrangler(types[-1], instrument).process(ohlcv)
    data.sort(key=lambda bar: bar.ts_event)
    engine.add_data(data, validate=False, sort=False)
    actor = Drawdowns(types)
    engine.add_actor(actor)
    began, of_process = time.perf_counter(), time.process_time()
    engine.run()
    seconds, of_process = time.perf_counter() - began, time.process_time() - of_process
    crossings = sorted(actor.crossings)
    print(
        json.dumps(
            {
                "version": nautilus_trader.__version__,
                "bars": len(data),
                "seconds": seconds,
                "processor_seconds": of_process,
                "crossings": len(crossings),
                "sha256": hashlib.sha256("\n".join(crossings).encode()).hexdigest(),
                "falls": {name: fall for name, _, fall, _ in actor.shares.values()},
            }
        )
    )


def _instrument(name: str) -> Any:
    return Equity(
        instrument_id=InstrumentId(Symbol(name), VENUE),
        raw_symbol=Symbol(name),
        currency=USD,
        price_precision=4,
        price_increment=Price.from_str("0.0001"),
        lot_size=Quantity.from_int(1),
        ts_event=0,
        ts_init=0,
        maker_fee=Decimal(0),
        taker_fee=Decimal(0),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
