"""Words of the portal's records, odd ones at the rates that are met in the wild."""

from collections.abc import Callable

from sandbox.dice import Dice
from sandbox.kazakhstan import rates

_ODD: tuple[Callable[[str], str], ...] = (
    lambda text: f"=SUM({text})",
    lambda text: f"+7 {text}",
    lambda text: f"@{text}",
    lambda text: f"-{text}",
    lambda text: f"{text}\x0b\x02 продолжение\x1f",
    lambda text: f"{text}\r\n\tв том числе доставка",
    lambda text: f"{text} ✅🏫",
    lambda text: text.replace("о", "о\u00ad", 3),
    lambda text: f"  {text}   ",
    lambda text: f"{text}; \\n 'кавычки' \"и\" «ёлочки»,\u00a0запятые",
    lambda text: f"<b>{text}</b>&nbsp;<script>alert(1)</script>",
    lambda text: f"{text}\u200b\u202e",
    lambda text: (f"{text}; " * 400)[:8000],
    lambda text: f"Әкімшілік, ғимарат, құрылғы, өңдеу, ұйым, үй, һәм, іс: {text}",
    lambda text: text.replace("а", "a").replace("е", "e"),
    lambda _: " ",
    lambda text: f"{text}, 100 % , 5\u2019\u2033 | {{x}}",
)


def odd(dice: Dice, text: str, iin: str = "") -> str:
    """The text, or now and then what a hurried person and an old form make of it."""
    roll = dice.below(1000)
    if roll < rates.ENTITIES_TWICE:
        return f"{text} &amp;quot;Үміт&amp;quot;"
    if roll < rates.ENTITIES_TWICE + rates.ENTITIES:
        return f"{text} &quot;Үміт&quot; &#8211; 2026"
    if iin and dice.chance(rates.IIN_IN_TEXT):
        return f"{text} (ИИН {iin})"
    if dice.chance(rates.ODD_TEXT):
        return dice.pick(_ODD)(text)
    return text


def supply_date(dice: Dice) -> str:
    """When to deliver, as buyers write it."""
    return dice.pick(
        (
            "30 календарных дней",
            "15 күнтізбелік күн",
            "в течение 15 календарных дней после подписания договора",
            "По заявке заказчика",
            "июнь-июль",
            "по 31 декабря 2026г..",
        )
    )
