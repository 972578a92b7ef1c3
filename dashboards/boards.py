"""Every dashboard there is, in the order in which people meet them."""

from dashboards.building.board import Board

BOARDS: tuple[Board, ...] = ()
