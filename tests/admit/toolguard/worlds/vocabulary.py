"""Domains for generated agent runs: half `DEV` to choose on, half `REPORT` to report on."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Domain:
    """The words of one line of work: its tools, the names of their arguments, what people ask and find."""

    name: str
    task: str
    search: tuple[str, str]  # tool, argument
    queries: tuple[str, ...]  # ways to ask for one thing
    facts: tuple[str, ...]  # what can be found, distinct
    read: tuple[str, str]
    things: tuple[str, ...]  # what can be read: names, paths, ids
    write: tuple[str, str, str]  # tool, target argument, content argument
    written: str
    status: tuple[str, str]
    pages: tuple[str, str]
    batch: tuple[str, str, str]  # tool, id argument, acknowledgement
    id_form: str
    failure: str
    others: tuple[tuple[str, str], ...]


DEV = (
    Domain(
        "support", "Find out whether the customer gets a refund and answer the ticket.",
        ("search_kb", "query"),
        ("refund policy for annual plans", "annual plan refund policy", "policy on refunds, annual plans",
         "annual plans: refund policy", "refund rules for annual plan", "refunds policy annual plan customers"),
        ("Annual plans can be refunded within 30 days of purchase; after that a credit note is issued for the unused months.",
         "Customers on the legacy tier keep their old price until they change the number of seats.",
         "Chargebacks are handled by the billing team and take between five and ten working days to resolve.",
         "A credit note can be transferred to another workspace of the same owner once.",
         "Invoices are sent on the first of each month to the billing contact of the workspace."),
        ("get_ticket", "ticket_id"), ("T-1001", "T-1002", "T-1003", "T-1004", "T-1005"),
        ("update_ticket", "ticket_id", "note"), "Ticket updated.",
        ("get_export_status", "export_id"), ("list_tickets", "page"), ("close_ticket", "ticket_id", "closed"), "T-{}",
        "Error: field 'resolution' must be one of refund, credit, none", (("get_customer", "email"), ("get_invoice", "number")),
    ),
    Domain(
        "code", "Fix the failing date parser test in the repository.",
        ("grep", "pattern"),
        ("def parse_date", "parse_date(", "parse_date", "def parse_date(", "parse_date function", "parse_date def"),
        ("src/dates.py:41: def parse_date(text, tz=None):\nsrc/dates.py:88:     return parse_date(text, tz)\ntests/test_dates.py:12: from dates import parse_date",
         "class Parser:\n    def __init__(self, strict):\n        self.strict = strict\n        self.cache = {}",
         "import re\nfrom datetime import datetime\nISO = re.compile(r'(\\d+)-(\\d+)-(\\d+)')\n",
         "def normalise(value):\n    if value is None:\n        raise ValueError('empty')\n    return value.strip()",
         "[tool.pytest]\naddopts = -q\ntestpaths = tests"),
        ("read_file", "path"), ("src/dates.py", "src/parser.py", "tests/test_dates.py", "src/util/text.py", "setup.cfg"),
        ("edit_file", "path", "new_content"), "File edited successfully.",
        ("get_ci_run", "run_id"), ("list_files", "offset"), ("rename_symbol", "symbol", "renamed"), "sym_{}",
        "E   AssertionError: expected 2024-02-29 but got 2024-03-01", (("git_diff", "path"), ("run_linter", "path")),
    ),
    Domain(
        "travel", "Book the cheapest refundable hotel near the conference venue.",
        ("hotel_search", "q"),
        ("hotels near congress center berlin", "berlin congress center hotels", "hotel near the congress center in berlin",
         "hotels close to berlin congress center", "congress center berlin hotel", "hotels berlin congress center nearby"),
        ("Hotel Adler, 400 m from the congress center, refundable, 119 EUR a night, breakfast extra.",
         "Pension Linde, 1.2 km away, not refundable, 84 EUR a night, breakfast included.",
         "City tax of 7.5 percent is charged at check-in for private trips.",
         "The venue entrance for speakers is on the east side, opening at seven in the morning.",
         "Trains from the airport run every twenty minutes and take half an hour."),
        ("get_offer", "offer_id"), ("off_71a", "off_72b", "off_73c", "off_74d", "off_75e"),
        ("hold_offer", "offer_id", "guest_notes"), "Offer held for 24 hours.",
        ("booking_status", "booking_id"), ("list_offers", "cursor"), ("cancel_hold", "offer_id", "Hold released."), "off_{}",
        "400 Bad Request: guest name does not match the passport record", (("get_rate_rules", "offer_id"), ("get_venue", "name")),
    ),
    Domain(
        "devops", "Find out why the checkout service restarts and fix it.",
        ("search_logs", "expression"),
        ("checkout oom killed", "oom killed checkout", "checkout service OOM killed", "checkout OOMKilled service",
         "killed oom checkout pods", "checkout pod oom killed"),
        ("checkout-7d9 terminated: OOMKilled, limit 512Mi, peak 530Mi while loading the price table.",
         "Deployment checkout has 3 replicas, strategy RollingUpdate, image checkout:2.14.0.",
         "ConfigMap checkout-env sets PRICE_CACHE=full and JAVA_OPTS=-Xmx480m for all pods.",
         "HorizontalPodAutoscaler keeps between three and nine replicas at seventy percent of cpu.",
         "Node pool b has four nodes of the standard size with 8 GiB memory each."),
        ("describe", "resource"), ("deploy/checkout", "cm/checkout-env", "hpa/checkout", "svc/checkout", "node/pool-b"),
        ("apply_manifest", "resource", "manifest"), "configured",
        ("rollout_status", "deployment"), ("list_events", "continue_token"), ("cordon_node", "node", "node cordoned"), "node-{}",
        "error: unable to recognize \"checkout.yaml\": no matches for kind \"Deploymnt\"", (("top_pods", "namespace"), ("get_secret", "name")),
    ),
    Domain(
        "data", "Build the weekly revenue table and load it into the warehouse.",
        ("find_tables", "keywords"),
        ("weekly revenue orders", "orders weekly revenue", "revenue per week orders table", "weekly revenue order tables",
         "orders revenue weekly", "weekly order revenue"),
        ("sales.orders(order_id, customer_id, total_cents, currency, created_at), 48 million rows, daily partitions.",
         "finance.fx_rates(day, currency, rate_to_usd) is filled every night by the treasury job.",
         "dim.calendar(day, iso_week, fiscal_week, is_holiday) covers the years from 2015 onwards.",
         "Refunds are kept in sales.refunds and join on order_id; partial refunds have several rows.",
         "The loading job needs write access to the schema reporting, owned by the analytics team."),
        ("describe_table", "table"), ("sales.orders", "finance.fx_rates", "dim.calendar", "sales.refunds", "reporting.weekly"),
        ("save_query", "name", "sql"), "saved",
        ("job_state", "job_id"), ("sample_rows", "page_token"), ("drop_partition", "partition", "OK"), "p2024{}",
        "SQL compilation error: invalid identifier 'ORDERS.TOTAL'", (("get_lineage", "table"), ("column_stats", "column")),
    ),
)  # fmt: skip

REPORT = (
    Domain(
        "law", "Summarise the termination clauses of the supplier contracts.",
        ("clause_lookup", "text"),
        ("termination for convenience supplier", "supplier termination for convenience", "supplier may terminate for convenience",
         "convenience termination by supplier", "termination convenience (supplier)", "supplier's termination for convenience"),
        ("Either party may terminate this agreement for convenience on ninety days' written notice to the other.",
         "Fees paid in advance are returned pro rata for the period after the effective date of termination.",
         "The supplier keeps records for seven years and makes them available to an independent auditor.",
         "Liability is limited to the fees paid in the twelve months before the event, except for wilful acts.",
         "The governing law is that of the Netherlands and the courts of Amsterdam have jurisdiction."),
        ("open_contract", "document"), ("contracts/acme.pdf", "contracts/globex.pdf", "contracts/initech.pdf", "annex/b.docx", "annex/c.docx"),
        ("annotate", "document", "remark"), "Annotation stored",
        ("ocr_progress", "document"), ("list_documents", "start"), ("archive_document", "document", "archived"), "doc/{}.pdf",
        "ValidationError: remark exceeds the section that was selected", (("party_info", "party"), ("signature_page", "document")),
    ),
    Domain(
        "lab", "Choose the buffer for the second assay and schedule the run.",
        ("literature_search", "terms"),
        ("tris buffer ph stability temperature", "temperature stability of tris buffer ph", "tris buffer: ph stability with temperature",
         "ph stability tris buffer at temperature", "tris buffer ph temperature stability", "stability ph of tris buffers temperature"),
        ("Tris changes by about 0.03 pH units per degree, so that a buffer set at room temperature is off in the cold room.",
         "HEPES is stable between four and thirty-seven degrees and does not absorb at 280 nm.",
         "Phosphate precipitates with calcium above five millimolar and should be avoided in this assay.",
         "The plate reader is booked on Tuesday; the incubator has two free shelves this week.",
         "Enzyme lot 44 lost a fifth of its activity after three freeze-thaw cycles."),
        ("fetch_protocol", "protocol"), ("assay-1", "assay-2", "buffer-prep", "plate-layout", "waste-handling"),
        ("record_step", "protocol", "entry"), "entry recorded",
        ("instrument_state", "instrument"), ("list_samples", "skip"), ("label_tube", "barcode", "printed"), "TB{}",
        "HTTP 422: volume_ul must be a multiple of 5", (("reagent_stock", "reagent"), ("safety_sheet", "reagent")),
    ),
    Domain(
        "shop", "Reprice the autumn collection and publish the new catalogue.",
        ("product_find", "phrase"),
        ("wool coats autumn collection", "autumn collection wool coats", "wool coat, autumn collection", "coats wool autumn",
         "autumn wool coats in the collection", "collection autumn: wool coats"),
        ("Coat Bergen, wool, autumn collection, 189.00, stock 41, margin 38 percent, supplier Nordtex.",
         "Coat Oslo, wool blend, autumn collection, 149.00, stock 12, margin 44 percent, supplier Nordtex.",
         "Scarves are excluded from collection-wide price changes until the end of the campaign.",
         "Prices ending in .99 are not allowed in the premium segment by the brand guidelines.",
         "The catalogue needs approval by the category manager before it goes live at six."),
        ("get_product", "sku"), ("BRG-10", "OSL-20", "SCF-30", "HAT-40", "GLV-50"),
        ("set_description", "sku", "body"), "{\"ok\": true}",
        ("publish_status", "catalogue"), ("list_products", "after"), ("set_price", "sku", "{\"updated\": 1}"), "SKU-{}",
        "PriceRuleViolation: price 159.99 breaks rule 'premium-ending'", (("stock_level", "sku"), ("supplier_card", "supplier")),
    ),
    Domain(
        "security", "Triage the alert about unusual logins and write the report.",
        ("siem_query", "search"),
        ("failed logins admin account", "admin account failed logins", "failed admin logins", "admin account login failures failed",
         "failed logins for the admin account", "logins failed admin"),
        ("41 failed logins of the account admin-ops from 203.0.113.7 between two and three at night, then one success.",
         "Host jump-02 opened an outbound connection to a storage bucket in a region that is not used.",
         "The account admin-ops has no second factor and its password was last changed two years ago.",
         "Geo data places 203.0.113.7 at a hosting provider that rents servers by the hour.",
         "The backup agent logs in from 10.0.4.9 every night and is allowlisted."),
        ("get_alert", "alert"), ("AL-901", "AL-902", "AL-903", "host:jump-02", "user:admin-ops"),
        ("add_evidence", "alert", "finding"), "evidence attached",
        ("scan_result", "scan"), ("list_alerts", "from_index"), ("block_address", "address", "blocked"), "198.51.100.{}",
        "QueryError: unbalanced parenthesis in filter expression", (("whois", "address"), ("user_profile", "user")),
    ),
    Domain(
        "media", "Cut the interview to three minutes and add subtitles.",
        ("transcript_search", "words"),
        ("founder talks about the first customer", "first customer founder talks", "the founder talking about first customer",
         "founder about first customer", "first customer, founder talks about", "talks of founder about the first customer"),
        ("At 04:12 the founder says that the first customer paid in cash and asked for a receipt on paper.",
         "At 11:40 she describes the office above the bakery and the smell in the morning.",
         "At 19:05 the interviewer asks about the failed launch; the answer runs for six minutes.",
         "The second camera has no sound after 22:00 and must be synchronised by the clap.",
         "Music of the title may be used for at most thirty seconds under the licence."),
        ("load_clip", "clip"), ("cam1/004.mov", "cam1/005.mov", "cam2/001.mov", "audio/lav.wav", "titles/open.mov"),
        ("set_subtitle", "clip", "caption"), "Subtitle set.",
        ("render_status", "render"), ("list_clips", "position"), ("tag_clip", "clip", "tagged"), "cam1/{}.mov",
        "FFmpegError: Invalid timecode in cue: end before start", (("waveform", "clip"), ("colour_profile", "clip")),
    ),
)  # fmt: skip


def text(rng: random.Random, n: int) -> str:
    """Words that mean nothing and never repeat."""
    return " ".join("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randrange(3, 10))) for _ in range(n))
