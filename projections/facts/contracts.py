"""Contracts: renegotiations, capacity that is resold, and commitments as they were stated."""

from events.families.contracts import CapacityResold, CommitmentRevised, ContractRenegotiated
from events.families.financials import CapexGuided
from projections.facts.log import Kind, is_unnamed
from projections.facts.reports import Fact
from projections.facts.windows import ALL, LONGEST

# Ten years of quarterly guidance a company; what is older is compared with nothing any more.
MOST_GUIDANCE = 40


def _parties(fact: Fact[ContractRenegotiated]) -> tuple[str, ...]:
    return f"supplier:{fact.value.supplier}", f"customer:{fact.value.customer}", ALL


def _same_contract(known: ContractRenegotiated, new: ContractRenegotiated) -> bool:
    if known.customer != new.customer:
        return False
    ids = (known.contract_id, new.contract_id)
    return ids[0] == ids[1] or any(is_unnamed(name, new.supplier, new.customer) for name in ids)


def _same_resale(known: CapacityResold, new: CapacityResold) -> bool:
    if known.seller != new.seller or (None not in (known.buyer, new.buyer) and known.buyer != new.buyer):
        return False
    ids = (known.contract_id, new.contract_id)
    return ids[0] == ids[1] or any(is_unnamed(name, new.seller, known.buyer, new.buyer) for name in ids)


RENEGOTIATIONS: Kind[ContractRenegotiated] = Kind("renegotiation", _parties, _same_contract, kept_for=LONGEST)
RESALES: Kind[CapacityResold] = Kind("resale", lambda _: (ALL,), _same_resale, kept_for=LONGEST)
COMMITMENTS: Kind[CommitmentRevised] = Kind(
    "commitment", lambda fact: (fact.value.company,), lambda known, new: known.contract_id == new.contract_id
)
GUIDANCE: Kind[CapexGuided] = Kind(
    "guidance",
    lambda fact: (fact.value.company,),
    lambda known, new: (known.period_starts, known.period_ends) == (new.period_starts, new.period_ends),
    most=MOST_GUIDANCE,
)
