"""How much relief weighs: the weights of the severity-weighted count of waivers."""

from events.families.credit import WaiverKind

SEVERITY: dict[WaiverKind, float] = {
    WaiverKind.AMENDMENT: 0.5,
    WaiverKind.WAIVER: 1.0,
    WaiverKind.PIK_TOGGLE: 1.5,
    WaiverKind.FORBEARANCE: 2.0,
    WaiverKind.DEFAULT: 4.0,
}
