"""What is put together without record mappings, in words for the mapping's page."""

from transformers.kyrgyzstan import deals, notices, pages, releases
from transformers.process import Composed

ASSEMBLED = (
    ("notice", notices.BUYER),
    ("tender", notices.BUYER),
    ("submissions/submissions", notices.BIDDER),
    ("tender/lots", notices.ADDRESS),
    ("order", pages.ORGANIZATION),
    ("order_row", pages.ORGANIZATION),
    ("order/lots", pages.ADDRESS),
    ("release/tender/lots", releases.ADDRESS),
    ("single_source", deals.PRICE),
    ("single_source_contract", deals.PRICE),
)
"""Rules outside of record mappings."""

_PORTALS = "notice, tender, order_row, order"
_FILES = "release, planning_release"

COMPOSED = tuple(
    Composed(path=path, document=document, fields=tuple(fields.split()), words=words)
    for path, document, fields, words in (
        (
            "ocid",
            _FILES,
            "ocid",
            "the ministry's own, kept as it is; of several exports with one ocid the newest is told",
        ),
        (
            "date",
            f"{_PORTALS}, winners, protocol, single_source, release",
            "datePublished published opened signed date",
            "the newest of these times; neither portal says when a purchase changed",
        ),
        (
            "parties/id",
            "release, planning_release, protocol, single_source_contract",
            "identifier inn supplier_inn",
            (
                "KG-INN and the number, where it begins with 0; the scheme and number of a foreign organization whose "
                "number surely is none of a person; else a pseudonym, without number and address"
            ),
        ),
        (
            "parties/id",
            f"{_PORTALS}, winners, single_source, ref_entity, ref_supplier",
            "companyName organization winner supplier",
            (
                "by name, however it is written: the number of the only body of a register with that name, "
                "else a pseudonym of the name"
            ),
        ),
        ("parties/roles", "release", "roles", "buyer, allowedTenderer, complainer and reviewBody, as told"),
        ("parties/identifier/legalName", "release, planning_release", "legalName", "the party's name"),
        ("buyer", "order", "buyer organization", "by the number that the page shows, else by name"),
        ("buyer", "release", "buyer parties", "who is named, or the only party with the role buyer"),
        ("buyer", "planning_release", "parties", "the only party with the role buyer"),
        ("tender/id", f"{_PORTALS}, release, planning_release", "id", "the number of the order, contract or plan"),
        ("tender/procuringEntity", _PORTALS, "companyName organization", "the buyer"),
        ("tender/procuringEntity", "release", "procuringEntity parties", "who is named, or has the role"),
        ("tender/lots/id", "tender/lots, order/lots, release/tender/lots", "id number", "id, or number of the page"),
        ("tender/lots/status", "planning_release", "", "always planned"),
        ("tender/items/id", "order_items", "lot_number", "lot and place: the pages show no ids"),
        ("tender/items/relatedLot", "order_items, tender/lots/products, planning_release", "", "the lot it stands in"),
        (
            "tender/documents",
            "notice, tender, order, order_items",
            "datePublished published",
            "the public page, and files by that page: a file's own link belongs to a visit, or is not known",
        ),
        ("tender/documents/url", "release/tender", "id", "the public page of the order"),
        ("tender/milestones", "tender/lots, order/lots, release/tender/lots", "", "term and terms of delivery, by lot"),
        (
            "tender/milestones",
            "release/complaints",
            "dateSubmitted responseDate",
            "of each complaint when it was made and when it was answered, of the local type complaint",
        ),
        ("tender/enquiries/id", "release/tender/enquiries", "id", "the id"),
        ("tender/enquiries/author", "release/tender/enquiries", "author", "who asked, where it is among the parties"),
        ("tender/tenderers", "submissions, protocol, release", "", "who has bid, each once"),
        ("tender/numberOfTenderers", "submissions, protocol, release", "", "how many have bid"),
        ("tender/procurementMethod", "single_source", "", "always direct"),
        ("tender/status", "single_source, centralized", "", "always complete: the contract is signed"),
        ("bids/details/id", "protocol/participants", "name lot_number", "the bidder's party id and the lot"),
        ("bids/details/relatedLots", "protocol/participants/lots", "lot_number", "the lot"),
        ("bids/details/tenderers", "protocol/participants, release/bids/details", "", "who bids"),
        ("awards/id", "winners, single_source", "contract_number lot_numbers", "award- and a digest, or the number"),
        ("awards/status", "winners", "", "always active: the list is of those who have won"),
        ("awards/suppliers", "winners", "winner", "the bidder of that name in the protocol, else by name"),
        ("awards/suppliers", "single_source, centralized", "supplier supplier_inn", "by number, else by name"),
        ("awards/value", "winners", "contract_prices", "the sum, where each lot has a price in one currency"),
        ("awards/value", "single_source, centralized", "amount", "the contract's amount"),
        ("awards/relatedLots", "winners", "lot_numbers", "those of the order's lots"),
        ("awards/relatedBid", "winners, protocol", "", "the winner's bid, where there is one for these lots"),
        ("contracts/id", "winners, single_source", "contract_number", "contract- and a digest, or the number"),
        ("contracts/awardID", "winners, single_source", "", "the award of the same row"),
        ("contracts/value", "winners", "contract_prices", "as of the award"),
        (
            "contracts/milestones",
            "release/contracts, single_source_contract",
            "deliveriesSchedule paymentsSchedule schedule payments",
            "each step, of the type delivery or payment",
        ),
        ("contracts/items/id", "single_source_contract/items", "", "the place: the pages show no ids"),
        (
            "relatedProcesses",
            "notice, order_row",
            "companyName name amount datePublished dateContest",
            (
                "the same buyer and title; announced again: marked as a repeat, at most 180 days later, no other "
                "amount (unsuccessfulProcess where the earlier was cancelled, else prior); on both portals: published "
                "within seven days, deadlines on one day, no other amount (samePurchase)"
            ),
        ),
        (
            "relatedProcesses",
            "release, order, single_source",
            "ocid id",
            "the ministry's release and the portal's order or contract of one number: samePurchase",
        ),
        ("relatedProcesses", "release/planning/budget", "id", "the plan: planning"),
    )
)
"""What is put together without rules."""
