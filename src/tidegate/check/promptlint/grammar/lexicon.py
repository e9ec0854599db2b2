"""What the grammar knows: concepts by their wordings, units of length, people, places, empty words.

A concept is (attribute, value).  The attribute's kind says what its presence or absence in a
clause asks for: `present` attributes are there or not, `choice` attributes take one value of
several that exclude each other, `effect` concepts stand for a bundle of constraints.
Wordings are matched by lemma, longest first, so that "bullet", "bullets" and "bullet point" are
one thing.  Whatever is not listed is unknown: it narrows the object, it is never guessed at.
"""

# ruff: noqa: E501

from functools import cache

from tidegate.check.promptlint.grammar.text import tokens
from tidegate.check.promptlint.grammar.wordset import word_set

# attribute → value → wordings, parted by "|".  Presence attributes have the one value "yes".
PRESENT: dict[str, str] = {
    "emoji": "emoji | emoticon | smiley | smiley face | smiling face | emoji of any kind | emoji character | emoji symbol"
             " | pictogram | smiling emoji | kaomoji | thumbs up symbol | face symbol",
    "markdown": "markdown | markdown syntax | markdown formatting | markdown markup | markdown format | markup"
                " | md formatting | rich text formatting | rich text | rich formatting | text decoration",
    "table": "table | markdown table | grid of row and column | tabular form | tabular format | tabular layout"
             " | comparison table",
    "bold": "bold | bold text | bold face | boldface | bold type | bold font | bolding | bold formatting | strong emphasis",
    "italic": "italic | italic text | italicize | cursive",
    "heading": "heading | markdown heading | header | markdown header | subheading | section heading"
               " | heading line | section header",
    "bullets": "bullet list | bulleted list | bullet point list | list of bullet | bullet form | bullet format"
               " | bulleted form | bulleted format | unordered list | bullet | bullet point",
    "numbered": "numbered list | ordered list | numbered step | numbered item | enumerated list | numbered point",
    "list": "list format | list form",
    "codeblock": "code block | code fence | fenced block | fenced code block | triple backtick | triple back tick | code snippet | fenced code",
    "link": "link | url | hyperlink | web address | web link",
    "citation": "citation | cite | source link | reference | source | cite source | source citation | footnote"
                " | attribution | bibliography | cite reference | provenance note | supporting reference"
                " | source reference | citation marker | inline citation | referenced | literature reference | cited source",
    "greeting": "greeting | salutation | greet | hello | welcome message | words of welcome | greeting line"
                " | opening greeting | say hello | welcome line",
    "opener": "sentence of welcome | welcome phrase | phrase of welcome | opening phrase | starting phrase | warm sentence | welcome sentence | word of welcome | line of welcome | preamble | pleasantry | nicety | introduction line | small talk | lead in | introductory remark"
              " | introductory sentence | introductory phrase | filler opening | opening remark | preface | intro line"
              " | introductory text | warm up | throat clearing | polite opening | friendly sentence"
              " | introductory line | framing sentence | opening line | warm opening | friendly opening",
    "closing": "sign off | sign-off | signoff | closing line | closing phrase | farewell | goodbye | valediction | closing remark"
               " | closing sentence | complimentary close | closing formula | plain text sign off | parting line"
               " | closing note | outro | polite closing | friendly closing",
    "ask": "clarifying question | follow up question | followup question | question to the user | question back"
           " | ask for clarification | clarification question | request clarification | seek clarification | ask question"
           " | counter question | question to the reader | clarification request | ask the user question"
           " | question for the user | question of the user | check in question | return question | clarify question"
           " | ask a question | clarification | probing question | clarifying query | follow up query"
           " | query back to the user | question aimed at the user",
    "question": "question | rhetorical question | interrogative",
    "contraction": "contraction | contracted form",
    "slang": "slang | slang word | slang term | colloquialism | street talk | colloquial language",
    "jargon": "jargon | technical jargon | buzzword | technical term | technical language | specialist term",
    "disclaimer": "disclaimer | legal disclaimer | liability note | liability notice | legal notice",
    "apology": "apology | apologize | say sorry | sorry | apologise | saying sorry | express regret",
    "humor": "humor | humour | joke | pun | wisecrack | comic remark | wordplay",
    "exclamation": "exclamation mark | exclamation point | exclamation",
    "semicolon": "semicolon | semi colon",
    "em-dash": "em dash | long dash",
    "ellipsis": "ellipsis",
    "comma": "comma",
    "parentheses": "parenthesis | bracketed aside | parentheses",
    "hashtag": "hashtag | hash tag",
    "acronym": "acronym | abbreviation | initialism",
    "html-tags": "html tag | html markup",
    "latex-math": "latex | tex notation",
    "image": "image | picture | illustration",
    "metaphor": "metaphor | analogy | simile | figurative language",
    "opinion": "personal opinion | own opinion | personal view | subjective opinion | personal preference",
    "hedge": "hedging | hedge | hedging language | hedge word | qualifier | weasel word | hedging phrase"
             " | tentative language | uncertainty marker",
    "warning": "warning | caveat | cautionary note",
    "summary": "summary | tl;dr | tldr | recap | wrap up summary",
    "title": "title | headline",
    "example": "example | worked example | illustrative example | sample case | usage example",
    "first-person": "first person | first person pronoun | first person singular | first person voice",
    "second-person": "second person | second person pronoun",
    "passive": "passive voice | passive construction | passive sentence",
    "self-mention": "that you be an ai | be an ai | that you be a bot | being an ai | you be an ai | ai model status"
                    " | be a language model | that you be an assistant",
    "profanity": "profanity | swear word | curse word | curse | vulgar language | swearing | foul language",
    "user-name": "customer name | user name | first name | user's name | customer's name | name of the user"
                 " | name of the customer | guest name | client name",
    "reasoning-shown": "chain of thought | step by step reasoning | your reasoning | reasoning step | thought process"
                       " | working out | intermediate reasoning",
    "quotation-marks": "quotation mark | quote mark",
    "digits": "digit | numeral",
    "nbsp-blank": "blank line | empty line",
    "digression": "digression | tangent",
    "abstain": "say you do not know | say that you do not know | admit that you do not know | decline to answer"
               " | admit you do not know | i do not know | refuse to answer | say you be not sure | admit uncertainty"
               " | admit ignorance | say you can not answer | say that you can not answer | state that you do not know"
               " | respond that you do not know | say so | say it be unknown | plead ignorance | claim ignorance"
               " | profess ignorance | say you be unsure | tell the user you do not know | do not know the answer"
               " | abstain | abstain from answering | admit you be unsure | admit that you be unsure"
               " | withhold the answer | withhold an answer | say that you be unsure | say you lack the information"
               " | tell them you do not know | acknowledge that you do not know | admit not knowing"
               " | admit to not knowing | admit a gap in your knowledge | state that the answer be unknown"
               " | say that you be not sure | confess that you do not know | reply that you do not know"
               " | tell the customer you do not know | express uncertainty | admit that you can not answer"
               " | admit you can not answer | acknowledge uncertainty | concede that you do not know"
               " | admit lack of knowledge | admit when you do not know",
    "always-answer": "direct answer | give a direct answer | give an answer | provide an answer | provide a direct answer"
                     " | offer an answer | definite answer | best guess | definitive answer | concrete answer"
                     " | commit to an answer | a firm answer | give a firm answer | firm answer | supply an answer"
                     " | answer every question | answer each question | answer all question | straight answer"
                     " | answer any question | some answer | clear answer | conclusive answer",
}  # fmt: skip

CHOICE: dict[str, dict[str, str]] = {
    "language": {
        name: name for name in ["english", "french", "german", "spanish", "japanese", "italian", "portuguese", "dutch", "chinese", "mandarin", "korean", "russian", "arabic", "hindi", "turkish", "polish", "swedish", "norwegian", "danish", "finnish", "greek", "hebrew", "thai", "vietnamese", "indonesian", "czech", "hungarian", "romanian", "ukrainian", "bengali", "punjabi", "tamil", "telugu", "urdu", "persian", "farsi", "swahili", "kannada", "marathi", "gujarati", "nepali", "bulgarian", "malayalam", "croatian", "serbian", "slovak", "catalan", "latin", "welsh", "irish", "malay", "tagalog", "filipino", "icelandic", "estonian", "latvian", "lithuanian", "slovenian", "afrikaans", "basque", "galician", "cantonese", "esperanto"]
    },
    "format": {
        "json": "json | json object | json block | json format | json document | json array | json string | json payload"
                " | json data | raw json | json structure",
        "xml": "xml | xml document | xml format | xml fragment",
        "html": "html | html page | html document | html fragment | html format",
        "yaml": "yaml | yaml document | yaml format | yml",
        "csv": "csv | csv table | csv data | comma separated value | csv format | csv row",
        "toml": "toml",
        "sql": "sql | sql query | sql statement",
        "plain": "plain text | plaintext | unformatted text | raw text | bare text | simple text | pure text"
                 " | plain unformatted text | unstyled text | undecorated text",
        "prose": "prose | ordinary sentence | normal paragraph | normal sentence | ordinary paragraph | plain sentence | flowing prose | plain prose | running text | continuous text | flowing text"
                 " | continuous prose | narrative prose | ordinary prose | full paragraph | normal prose | natural prose",
    },
    "case": {
        "lower": "lowercase | lowercase letter | lower case | lower case letter | small letter | all lowercase"
                 " | uncapitalized letter | lowercase character | small letter only",
        "upper": "uppercase | uppercase letter | upper case | upper case letter | all caps | capital letter only | capital"
                 " | block capital | block letter | all capital letter | all capital | full caps | caps lock"
                 " | uppercase character | in cap",
        "capital": "capital letter | capitalize | capital | capitalization | initial capital | leading capital"
                   " | uppercase initial | standard capitalization | sentence case | normal capitalization"
                   " | uppercase first letter",
        "title": "title case",
    },
    "tone": {
        "formal": "formal | official | officially | official language | formally | formal register | formal tone | formal language | ceremonious | businesslike"
                  " | formality | stately | officialese | buttoned up | dignified | official register | in full formality",
        "casual": "casual | casually | chatty | informal | informally | casual tone | like texting a friend | slangy"
                  " | colloquial | laid back | relaxed tone | easygoing | breezy | folksy | buddy | like a buddy"
                  " | like a friend | like a mate | text a friend | chat with a friend | as if talk to a friend"
                  " | conversational | friendly and casual | hang out | informal tone | colloquially | talk to a mate",
    },
    "verbosity": {
        "brief": "in a few word | few word | as little as possible | brief | briefly | concise | concisely | terse | tersely | succinct | succinctly | laconic | short and sweet"
                 " | to the point | minimal word | brevity | as short as possible | as few word as possible | bare minimum"
                 " | keep it short | short answer | short reply | short response | pithy | curt reply | clipped"
                 " | fewest word | fewest possible word | telegraphic | telegram style | compact | keep reply short"
                 " | keep answer short | snappy | crisp | one liner | bare essential | economical with word | sparing with word"
                 " | minimum of word | extremely short | very short | keep thing short | tight | as little text as possible"
                 " | short as can be | as few as possible | stripped down",
        "long": "exhaustive | exhaustively | thorough | thoroughly | comprehensive | comprehensively | in depth | great depth | in great depth | considerable depth | at length"
                " | elaborate | in full detail | in great detail | every detail | all detail | all the detail | full detail"
                " | long form | leave nothing out | verbose | verbosely | expansive | extensively | extensive | rich detail"
                " | detailed | lengthy | wordy | in detail | highly detailed | with background and example | go deep"
                " | full depth | deep dive | every aspect | all aspect | every angle | all angle | every nuance | expand on"
                " | expansively | full length | essay length | long and detailed | spare no detail | plenty of detail"
                " | long answer | long reply | generous detail | ample detail | ample background | complete background"
                " | full background | whole background | full story | whole story | background in full | fully worked out | every relevant detail | as much detail as possible | multi paragraph",
    },
    "ornament": {
        "rich": "vivid | colourful | colorful | flowery | ornate | poetic | lyrical | evocative | florid",
        "plain": "factual language | factual style | factual wording | factual tone | unadorned | without ornament | no ornament"
                 " | without flourish | no flourish | sober language | dry language | dry style",
    },
    "directness": {
        "blunt": "bluntly | brutally honest | unvarnished",
        "tactful": "tactful | tactfully | diplomatic | diplomatically | gentle | gently",
    },
    "audience": {
        "novice": "novice | laypeople | lay people | lay audience | complete novice | beginner | newcomer | layperson | layman | lay person | non expert"
                  " | five year old | child | ten year old | no prior knowledge | define every technical term"
                  " | define all technical term | explain basic term | define each technical term | first timer"
                  " | non technical reader | uninitiated | total beginner | absolute beginner | plain language for everyone"
                  " | no background knowledge | define every term | explain every term | explain all technical term"
                  " | define term | define jargon | explain jargon | explain every technical term | explain each technical term"
                  " | someone new to the field | someone new to the subject | never see the topic | lay reader | general public"
                  " | spell out every acronym | define all term | explain the basic | explain basic | cover the basic"
                  " | has never hear of the topic | explain acronym | define acronym",
        "expert": "expert | specialist | expert reader | expert audience | skip definition | skip the definition"
                  " | know the jargon | seasoned professional | domain expert | seasoned practitioner | practitioner"
                  " | professional in the field | skip the basic | skip basic | advanced reader | experienced reader"
                  " | fellow expert | know the field | know the term | know the terminology | veteran | know the basic"
                  " | insider | experienced professional | power user | senior engineer | peer | already familiar"
                  " | omit definition | skip basic definition | skip introductory explanation | well versed | fluent in the jargon"
                  " | leave out definition | no definition | phd level | assume familiarity | familiar with the terminology"
                  " | subject matter expert | skip explanation of term | skip explanation of basic term",
    },
    "person": {
        "first": "in the first person | first person | speak as i | use i | in the first person singular",
        "second": "in the second person | second person",
        "third": "in the third person | third person",
        "we": "in the first person plural | first person plural | use we | royal we",
    },
    "clock": {
        "24h": "24 hour | 24 hour time | 24 hour clock | 24 hour format | military time | twenty four hour clock"
               " | 24h format | 24h time | 24h clock",
        "12h": "12 hour | 12 hour time | 12 hour clock | am/pm | am and pm | am pm | 12 hour format | twelve hour clock"
               " | 12h format | 12h time | 12h clock | am or pm",
    },
    "units": {
        "metric": "metric | metric system | metric unit | si unit | metre and kilogram | meter and kilogram",
        "imperial": "imperial | imperial unit | imperial system | us customary unit | foot and pound | foot and inch",
    },
    "temperature": {"celsius": "celsius | centigrade", "fahrenheit": "fahrenheit"},
    "date-format": {
        "iso": "yyyy - mm - dd | iso 8601 | iso date | iso format | yyyy mm dd | iso date format",
        "day-first": "dd/mm/yyyy | dd.mm.yyyy | day first | dd / mm / yyyy | dd . mm . yyyy | dd mm yyyy",
        "month-first": "mm/dd/yyyy | month first | mm / dd / yyyy | us date format",
    },
    "spelling": {
        "british": "british english | british spelling | uk english | uk spelling | british orthography",
        "american": "american english | american spelling | us english | us spelling | american orthography",
    },
    "currency": {
        "usd": "us dollar | usd | dollar", "eur": "euro | eur", "gbp": "pound sterling | gbp | british pound", "jpy": "yen | jpy",
        "chf": "swiss franc | chf",
    },
    "timezone": {"utc": "utc | gmt | coordinated universal time", "local": "local time | local timezone | user's timezone"},
    "voice": {"active": "active voice", "passive": "passive voice"},
    "tense": {"present": "present tense", "past": "past tense", "future": "future tense"},
    "order": {
        "alphabetical": "alphabetical order | alphabetically | sort by name | a to z",
        "chronological": "oldest to newest | from oldest to newest | earliest to latest | chronological order | chronologically | oldest first | date order | earliest first",
        "reverse-chronological": "newest to oldest | from newest to oldest | latest to earliest | reverse chronological order | newest first | most recent first | latest first",
        "importance": "most to least important | order of importance | most important first | sort by importance | by priority | order by priority",
        "price-up": "cheapest to most expensive | cheapest to dearest | from cheapest to most expensive | from the cheapest to the most expensive | lowest to highest price | cheapest first | ascending price | lowest price first",
        "price-down": "most expensive to cheapest | dearest to cheapest | from most expensive to cheapest | from the most expensive to the cheapest | highest to lowest price | most expensive first | descending price | highest price first",
    },
    "address": {
        "first-name": "by first name | use first name | use given name | first name basis | by their first name | by given name",
        "surname": "plus surname | plus last name | use surname | use last name | by title | by their title | by their surname | by family name | by their family name | title and surname | title and last name"
                   " | by their title and last name | by their title and surname | by last name | by surname | by title and surname | by title and last name | by their last name",
    },
    "naming": {
        "snake_case": "snake_case | snake case", "camelCase": "camelcase | camel case", "PascalCase": "pascalcase | pascal case",
        "kebab-case": "kebab case", "SCREAMING_CASE": "screaming_snake_case | upper snake case | screaming snake case",
    },
    "indent": {"spaces": "indent with space", "tabs": "indent with tab"},
    "string-quotes": {
        "single": "single quote | single quotation mark | single quoted string",
        "double": "double quote | double quotation mark | double quoted string",
    },
}  # fmt: skip

# Present-or-absent attributes of program text; they meet nothing about prose.
CODE_PRESENT: dict[str, str] = {
    "code-docstring": "docstring | doc string | function docstring",
    "code-type-hints": "type hint | type annotation | full type hint",
    "code-comments": "code comment | inline comment",
    "code-semicolons": "trailing semicolon",
    "code-blank-lines": "blank line inside function body | blank line in function body",
}

# What one attribute's presence brings with it (and so is forbidden where the other is).
IMPLIES: tuple[tuple[str, str], ...] = (
    ("table", "markdown"), ("bold", "markdown"), ("italic", "markdown"), ("heading", "markdown"),
    ("codeblock", "markdown"), ("ask", "question"),
)  # fmt: skip

SOFT = word_set("tone ornament directness verbosity audience jargon hedge humor metaphor digression")

# Nouns that mean the whole reply, and words that say nothing about what is asked.
REPLY_NOUNS = word_set(
    "reply response answer output message text completion content communication turn result generation "
    "everything anything all conversation interaction exchange correspondence wording sentence_ prose_ "
    "write-up writeup response's feedback"
)
USERS = word_set(
    "user customer client reader guest patient student caller passenger visitor member subscriber shopper "
    "person someone anyone human tenant buyer traveller traveler learner owner applicant citizen viewer "
    "audience people everyone somebody anybody borrower claimant pupil player donor employee them they he "
    "she you u recipient requester renter policyholder parent consumer patron diner who whoever homeowner "
    "resident"
)
ASSISTANT = word_set("assistant bot agent model chatbot ai system tool_ helper copilot you your yourself")
BENIGN = word_set(
    "a an the this that these those it its itself one ones of in on at to for with by from as into onto "
    "per each every all any both whole entire complete full overall single own your you yourself please "
    "be have do can could will would shall should must may might need ought want let make sure ensure "
    "keep remain stay always never not no nor none and or but so then also too either neither only just "
    "simply strictly solely exclusively entirely completely fully purely write reply respond answer say "
    "speak use utilize employ produce output generate return give provide deliver compose draft form "
    "formulate phrase express render present show display contain include add put insert place begin "
    "start open end finish close conclude lead come go get run appear happen occur stand sit set hold "
    "carry feature bear state mention offer supply emit send issue create prepare format structure style "
    "sound read look feel seem treat assume expect require demand allow permit forbid ban prohibit "
    "exclude omit skip avoid drop remove leave strip refrain abstain_ resist steer stop cease reject "
    "accept acceptable unacceptable okay ok fine welcome_ allowed mandatory required compulsory "
    "obligatory optional necessary prohibited forbidden banned valid well formed proper correct "
    "appropriate clear good best better clean word term_ thing way manner fashion tone register voice "
    "language level order formatting syntax kind sort type any_kind whatsoever ever once time times least "
    "most more less few fewer many much very extremely really absolutely highly quite rather maximally "
    "utterly super totally possible possibly as_possible freely generously liberally there here where "
    "when how what which who whom whose if unless while because since though although even still yet now "
    "first last before after above below under over between within without throughout across during until "
    "i we us our he she they them their his her my me mine surrounding around other else extra additional "
    "further accompanying matter circumstance case situation condition rule instruction guideline "
    "requirement policy note_ important remember note_that attention reader user customer client at_all "
    "exactly precisely total maximum minimum limit cap length long short up down out off back through via "
    "about like such same different new next final finally immediately directly right away straight "
    "instead nothing anything something everything part piece bit line_ page_ free devoid entirety made "
    "consist comprise take stick adhere follow obey observe respect apply be_used used sprinkle throw "
    "pepper drop_in work weave slip tack append attach affix prepend top_ tail crown finish_off round "
    "body text response message content completion result turn conversation communication write-up "
    "come_back nobody fail forget neglect bother insist request_ ask_ question_ always_ great favor "
    "prefer preferably ideally try aim strive attempt seek wish generally usually normally typically "
    "mostly regardless whatever whichever wherever whenever however chat support help assistance assist "
    "desk service_ ai assistant bot agent model chatbot visible facing final-user whole_reply bring wrap "
    "keep_it go_over rest exceed surpass pass outside somewhere anywhere position point beginning "
    "start_of top bottom front natural human_ friendly polite politely warm_ nice kind_ courteous "
    "cheerful helpful appear_in occur_in show_up come_up touch reach beyond past written spoken phrased "
    "worded typed given expressed formulated drafted composed handle handled mix"
)  # fmt: skip

BENIGN = (BENIGN - {"body"}) | word_set(
    "than except besides altogether ordinary regular kick dive unformatted unformat standard experience experienced"
)

BENIGN = BENIGN | {"converse", "communicate", "sole", "plenty", "lot"}

# Length units: noun lemma → canonical unit.  Any other plural noun after a number counts things of that name.
UNITS: dict[str, str] = {
    "word": "words", "sentence": "sentences", "paragraph": "paragraphs", "character": "characters", "char": "characters",
    "letter": "characters", "line": "lines", "bullet": "bullets", "item": "items", "token": "tokens",
    "page": "pages", "section": "sections", "heading": "headings", "emoji": "emoji", "example": "examples",
    "question": "questions", "link": "links", "citation": "citations", "step": "steps", "option": "options",
    "syllable": "syllables", "space": "spaces", "para": "paragraphs", "keystroke": "characters",
    "bulletpoint": "bullets", "hashtag": "hashtags", "alternative": "options", "choice": "options", "table": "tables", "symbol": "characters",
    "emoticon": "emoji", "headline": "headlines", "exclamation": "exclamations", "source": "citations",
    "reference": "citations", "stanza": "stanzas", "verse": "verses", "highlight": "highlights",
}  # fmt: skip
LENGTH_UNITS = word_set("words sentences paragraphs characters lines bullets")
TIME_UNITS = word_set(
    "minute hour day week month year second percent dollar euro degree mile km kg pound usd point_ am pm "
    "mb gb kb ms retry attempt try user customer turn time call request version tier level % person star"
)

COUNTRIES = word_set(
    "austria germany france spain italy canada japan china india brazil mexico portugal netherlands "
    "belgium switzerland sweden norway denmark finland poland ireland australia uk us usa eu england "
    "scotland wales korea russia turkey greece hungary romania ukraine argentina chile colombia peru "
    "egypt morocco nigeria kenya israel singapore malaysia thailand vietnam indonesia philippines czechia "
    "luxembourg iceland quebec california texas europe asia africa america"
)
# value → family: values of one family exclude each other.
ENUMERATED: dict[str, str] = {
    **dict.fromkeys(COUNTRIES, "country"),
    **dict.fromkeys(["free", "premium", "pro", "enterprise", "basic", "trial", "gold", "silver", "bronze", "platinum", "starter", "team", "freemium", "vip"], "tier"),
    **dict.fromkeys(["weekday", "weekend"], "day kind"),
    **dict.fromkeys(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], "weekday"),
    **dict.fromkeys(["mobile", "desktop", "tablet"], "device"),
    **dict.fromkeys(["returning", "new", "existing"], "customer history"),
    **dict.fromkeys(["adult", "minor", "child"], "age group"),
    **dict.fromkeys(["beginner", "novice", "expert"], "expertise"),
    **dict.fromkeys(["spring", "summer", "autumn", "winter"], "season"),
    **dict.fromkeys(["voice", "sms", "email", "phone", "chat", "letter", "newsletter", "tweet", "fax", "podcast"], "medium"),
}  # fmt: skip


@cache
def concepts() -> dict[str, list[tuple[tuple[str, ...], str, str, str]]]:
    """First lemma → (lemmas, kind, attribute, value), longest first."""
    table: dict[str, list[tuple[tuple[str, ...], str, str, str]]] = {}

    def add(wordings: str, kind: str, attribute: str, value: str) -> None:
        for wording in wordings.split("|"):
            lemmas = tuple(t.lemma for t in tokens(wording.strip()))
            if lemmas:
                table.setdefault(lemmas[0], []).append((lemmas, kind, attribute, value))

    for attribute, wordings in PRESENT.items():
        add(wordings, "present", attribute, "yes")
    for attribute, wordings in CODE_PRESENT.items():
        add(wordings, "present", attribute, "yes")
    for attribute, values in CHOICE.items():
        for value, wordings in values.items():
            add(wordings, "choice", attribute, value)
    for rows in table.values():
        rows.sort(key=lambda r: -len(r[0]))
    return table
