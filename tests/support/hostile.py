"""A history whose texts, numbers and times are such as formats get wrong."""

from decimal import Decimal

from tests.support.publishing import Entry, MemoryHistory, history, tender

NOT_EXACT = Decimal("123456789012345678.91")
"""More digits than a double holds."""
AMOUNTS = [Decimal("-0.50"), 0, Decimal("0.00"), Decimal("0.0000005"), Decimal("1E+3"), NOT_EXACT]
TEXTS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+7 727 000",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\n=1",
    "'=1",
    "''+",
    "it's",
    'say "yes"; no, maybe',
    "строка\nвторая",
    " =1",
    " \t\n-1",
    "\u00a0+1",
    "\u3000@x",
    "\uff1d1+1",
    "'\uff0b1",
    "\uff0d1",
    "\uff20SUM(A1)",
    " 1",
    '="007"',
    "007",
    "1-2",
    "3.14",
    "1 мар",
    "дек.25",
    "12/5",
    "1E5",
    "<b>&amp;_x000D_",
    "_x0041_",
    "🙂 ұлт",
    "null",
    "0",
]
_ITEMS = [
    {
        "id": f"0{number}",
        "description": text,
        "quantity": Decimal("0.3333333333333333"),
        "classification": {"scheme": "KZ-ENSTRU", "id": "01.10", "description": "x"},
        "unit": {"id": "0796", "name": "Штука", "value": {"amount": Decimal("1E+2"), "currency": "KZT"}},
        "additionalClassifications": [{"scheme": "A", "id": "1"}, {"scheme": "B", "id": "2"}],
    }
    for number, text in enumerate(TEXTS)
]
FULL = tender(
    "5",
    amount=NOT_EXACT,
    tender={
        "id": "5",
        "title": "Мебель",
        "status": "complete",
        "lots": [
            {"id": f"00{number}", "status": "active", "value": {"amount": amount, "currency": "KZT"}}
            for number, amount in enumerate(AMOUNTS)
        ],
        "items": _ITEMS,
        "tenderPeriod": {"startDate": "2024-02-29T23:30:00+06:00", "endDate": "2024-03-01T00:30:00.25+05:00"},
        "documents": [
            {
                "id": "1",
                "documentType": "tenderNotice",
                "url": "https://example.org",
                "datePublished": "1899-01-01T00:00:00Z",
            }
        ],
    },
    parties=[
        {"id": "KZ-BIN-000740001307", "name": "Управление", "roles": ["buyer"], "identifier": {"id": "000740001307"}}
    ],
    bids={
        "details": [
            {"id": "1", "status": "valid", "date": "2024-03-01T10:00:00Z", "tenderers": [{"id": "S", "name": "А"}]}
        ]
    },
)
"""A process with something in every table; its items are named by the texts."""
PLAIN = tender("100-1", buyer={"id": "A", "name": "Яблоко"})
OLDER = tender("99-1")


def hostile() -> MemoryHistory:
    """Two processes of 2024 and one of 2023."""
    return history(
        Entry(year=2024, states=(FULL,)), Entry(year=2024, states=(PLAIN,)), Entry(year=2023, states=(OLDER,))
    )
