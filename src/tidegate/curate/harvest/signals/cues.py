# ruff: noqa: E501 (patterns and tables read better whole)
"""Discourse cues: what people say when an answer missed, each as a pattern over plain spelling (see `dialogue.plain`).

A cue alone decides nothing: `signals_implicit` weighs it with what the assistant did, whose
values are spoken of, and whether the turn is about something else.  English has the full set;
eight further languages have the plain formulas only (`OTHER`).
"""

from __future__ import annotations

import re


def _c(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in parts))


# --- the user says the intent was missed ----------------------------------------------------------

MEANT = _c(
    r"\b(?:i|we) (?:actually |just |only |really |clearly |specifically |obviously |already )*(?:meant|was (?:asking|talking|referring|looking|thinking|speaking) (?:about|for|of|to)|were (?:asking|talking) about)\b",
    r"\bwhat (?:i|we) (?:actually |really )?(?:meant|mean|asked(?: for| about)?|wanted|was asking|need(?:ed)?)\b",
    r"\b(?:i|we) (?:actually |just |only |really |clearly |specifically |explicitly )*(?:asked|wanted to know|was asking|am asking|asked you)(?: you)? (?:for|about|how|if|whether|which|what|when|where|why|who|to|specifically)\b",
    r"\b(?:is|was) not (?:at all )?(?:what|the one|the thing|quite what|really what|exactly what|anything like what) (?:i|we) (?:\w+ )?(?:asked|wanted|said|meant|want|need|needed|am asking|am looking|was asking|was looking|requested|ordered|had in mind|am after|was after)\b",
    r"\bnot what (?:i|we) (?:\w+ )?(?:asked|wanted|said|meant|want|need|needed|am asking|am looking|was asking|was looking|requested|ordered|had in mind|am after|was after)\b",
    r"\b(?:is|was) not my question\b|\bnot my question\b|\bmy question was\b|\bdid not ask (?:about|for|you|how|if|whether|that|this|to)\b|\bnever asked (?:for|about|you|how)\b",
    r"\byou (?:have )?(?:\w+ )?(?:misunderst\w+|misread|misinterpret\w*|misheard|got (?:me|that|it|this) wrong|mixed (?:it|that|this|them|me)? ?up|confused|missed the point|did not understand|do not understand|are not understanding)\b",
    r"\b(?:there is|there has been) (?:a|some) misunderstanding\b|\bmissing (?:my|the) point\b|\byou missed (?:my|the) point\b",
    r"\bthat is (?:literally |exactly |just )?what i (?:am |was |just )?(?:ask\w*|said|did|tried|told|wrote)\b|\bother (?:direction|way) (?:please|around|round)\b|\b(?:other|opposite|reverse) direction\b",
    r"\bwrong (?:\w+ ){0,2}(?:one|person|order|account|city|date|day|product|item|file|language|country|question|topic|thing|airport|size|colou?r|version|month|year|section|flight|column|table|branch|patient|document)\b",
    r"\b(?:i|we) (?:did not|never) (?:say|said|want|wanted|mean|meant|order|request|mention|tell)\b",
)
I_MEAN = re.compile(
    r"(?:^|[,.!?-] |\bno ,? ?|\bsorry ,? |\bactually ,? )i mean\b(?! that(?: is)? (?:great|nice|fine|good|ok))|\bi mean (?:the|a|an|my|how|can|could|whether|if|when|what|where|which|is|does|do)\b"
)
SAID = re.compile(
    r"\bi (?:\w+ )?(?:said|told you|wrote|typed|specified|requested|mentioned|stated|ordered|wanted|needed|asked for|asked you for)\b"
)
CONTRAST = re.compile(r"\bnot (?:the |a |an |my |for |about |in |to |on |from |at |any )?(\w[\w.:]*)(?: (\w[\w.:]*))?")
INSTEAD = re.compile(r"\b(?:instead of|rather than|and not|but not|as opposed to)\b")

# --- the user says a fact or a result is wrong ----------------------------------------------------

WRONG = _c(
    r"\b(?:that|this|it|you|which|answer|one|those|these|total|date|number|code|output|result|translation|formula|name|price|amount|link|spelling)(?: \w+)? (?:is|are|was|were|seems?|looks?|sounds?) (?:(?:still|also|completely|totally|just|simply|plainly|clearly|really|a bit|all|obviously|definitely|so|quite|just plain|factually|plain) )*(?:wrong|incorrect|inaccurate|false|mistaken|outdated|out of date|off|untrue|not (?:right|correct|true|accurate|up to date|valid|possible))\b",
    r"\b(?:does|do|did) not (?:look|seem|sound|add up|make sense|match|compute|exist)(?: right| correct)?\b",
    r"^(?:no|um|uh|hm+|err|sorry|wait|hold on|but|well|eh)? ?[,.!-]* ?(?:wrong|incorrect|false|not (?:true|right|correct|quite(?: right)?))\b",
    r"\b(?:can not|could not|can hardly|must not) be (?:right|correct|true|it|\d[\d.,:]*)\b|\bwrong way\b|\bthe wrong \w+\b|\bmust be (?:a mistake|wrong|an error)\b",
    r"\b(?:are|r) you (?:\w+ )?sure\b|\byou sure\b|\bdouble ?-? ?check (?:that|this|it|your)\b|\bcheck (?:that |it |your (?:math|facts|answer|sources) )?again\b",
    r"\byou (?:have )?(?:made|have made|got) (?:a|an|some|it|that|this|the \w+|my \w+)? ?(?:mistake|error|wrong)\b|\bthere is (?:a|an) (?:mistake|error|typo|bug) in (?:your|that|the)\b|\byou (?:got|have) (?:\w+ ){1,4}wrong\b",
    r"\byou (?:forgot|missed|left out|skipped|ignored|omitted|overlooked|dropped|added|invented|made (?:that|this|it) up|hallucinat\w+)\b",
    r"\b(?:should|must|has to|needs to|ought to|was supposed to|is supposed to) (?:be|have been|say|read)\b",
    r"\b(?:it|that|this|the code|your \w+|still|which) (?:still )?(?:does not|did not|is not|will not|do not) (?:work|run|compile|help|fix|build|pass|load|parse|open|exist)\w*\b",
    r"\b(?:i|i still|still|now i|but i)(?: still| now)? (?:get|getting|got|see|have|am getting) (?:an?|the) (?:same )?(?:\w+ )?(?:error|exception|crash|warning|message|failure)\b",
    r"\b(?:no such (?:thing|function|method|option|page|button|menu|flag|file))\b|\bthere is no (?:such|button|option|menu|setting|function|method|flag|link|page)\b",
    r"\bthat is (?:python|java|javascript|german|french|spanish|english|italian|a different|another|the (?:old|wrong|other|previous)|for (?:a|the) (?:different|other))\b",
    r"\bnot (?:true|correct|accurate)\b",
    r"\b(?:says?|said|told|states?|stated|lists?|listed|shows?|showed|wrote|claims?|claimed)\b.{2,80}\bwhich (?:(?:one|of (?:the two|these|them|those|both)|answer|number|version) )?(?:is|was) (?:it|right|correct|true|accurate|current|valid)\b",
    r"\b(?:i am|we are|i get|now i am|getting|got me) (?:\w+ )?confused\b|\bconfusing\b|\bmakes no sense\b|\bdoes not make (?:any )?sense\b|^(?:but |wait ,? |hm+ ,? )?(?:is|does|do|are|did|was|should) not (?:it|that|this|the|\w+)\b.{0,60}\?",
    r"\b(?:that|it|this|he|she|they|which)(?: record| one| law| rule| price| version)? (?:is|was|were|has been|got|have been|has) (?:\w+ ){0,3}(?:years|months|weeks|ages|a while|long|a year|a month) ago\b|\bnot (?:any ?more|any longer)\b|\bold (?:info\w*|data|version|price|number|news|figure)\b",
    r"\bother way (?:a?round)\b|\bthe opposite\b|\bbackwards\b|\b(?:you|that|this|it) (?:\w+ )?(?:swapped|mixed up|reversed|inverted|switched|duplicated|renamed|changed (?:my|the|everything))\b",
)
DISPUTES = re.compile(
    r"\b(?:pretty|quite|fairly|very|rather) (?:sure|certain)\b|\bi (?:am|was) (?:\w+ )?(?:sure|certain|positive|convinced)\b|\bi (?:\w+ )?(?:thought|believe|doubt|think) (?:it|that|the|this|she|he|they)\b|\baccording to\b"
    r"|\b(?:the|my|our|your|every|all) (?:\w+ ){0,3}(?:says?|said|states?|stated|shows?|showed|reads?|lists?|listed|mentions?|has it as|claims?)\b|\b(?:it|that|this|which) (?:would|will|can not|could not) (?:be|mean)\b|\b(?:is|are|was|were) \w+ ,? (?:obviously|of course|clearly|though)\b|\bobviously\b|\bthere is an? (?:sign|note|message|line|notice|banner|sticker)\b|\bit (?:clearly )?says\b|\bstanding (?:in front|right)\b|\bi can see\b|\bi am looking at\b"
)
ACTUALLY = re.compile(
    r"\bactually\b|\bin fact\b|\bthe (?:correct|right|actual|real) (?:\w+ )?(?:is|was|are)\b|\bit is now\b|\bno longer\b|\banymore\b"
)
NEGATION_FIRST = re.compile(
    r"^(?:(?:u+h+|um+|hm+|er+m*|wait|sorry|but|well|w(?:h?oa+h?|ow)|hey|ah|ok|lol|haha|eh|hold on|stop|please|oh my god|god|what) ?(?:[,.!?] ?)*)*(?:no|not)\b(?! (?:problem|worries|rush|need|way|hurry|idea))"
)
SHORT_CLAIM = re.compile(
    r"^(?:no ,? ?|um ,? |uh ,? |sorry ,? |but |well ,? |hm+ ,? )*(?:it|that|he|she|they|my name|the \w+|this) (?:is|was|are) (?:actually )?(?:the |a |an )?\w+(?: \w+){0,4} ?[.!]*$"
)

# --- the user is fed up ----------------------------------------------------------------------------

FED_UP = _c(
    r"\b(?:useless|pathetic|ridiculous|unbelievable|absurd|appall\w+|dangerous (?:answer|advice)|idiotic|hopeless|clueless|infuriating|frustrating|disgraceful|atrocious|unacceptable|laughable|outrageous|insane|garbage|rubbish|trash|crap|bullshit|bs|terrible|horrible|awful|dreadful|nonsense)\b",
    r"\b(?:waste of (?:my |everyones |our )?time|wasting my time|wasted (?:my|\w+ (?:minutes|hours)))\b",
    r"\b(?:are you|you) (?:fucking |freaking |even |seriously |actually )?(?:kidding|joking|serious|deaf|blind|stupid|dumb|broken|listening|trolling|an idiot|drunk)\b",
    r"\b(?:dumb|stupid|worst|idiotic|moronic|silly|lousy|horrible|terrible) (?:\w+ )?(?:bot|assistant|ai|chat ?bot|thing|machine|program|app|service|support|answer|robot|system|response)\b|\b(?:bot|assistant|ai|chatbot|thing|robot|you) (?:is|are) (?:so |really |just |pretty |totally |absolutely )*(?:dumb|stupid|useless|broken|bad|terrible|awful|the worst|a joke|no help)\b",
    r"\bwhat the (?:hell|fuck|heck)\b|\bfor (?:fucks|gods|christs|heavens|petes|goodness) sake\b|\bfuck\w*\b|\bdamn(?:it| it)\b|\bjesus(?: christ)?\b|\bargh+\b|\bgrr+\b|\bugh+\b|\bsigh\b|\bfacepalm\b|\bshaking my head\b|\boh my god\b|\bomfg\b|\bwt+f+\b|\bjfc\b|\bmy god\b|\bgood lord\b|\bbloody hell\b",
    r"\b(?:talking|speaking|writing) to (?:a |an |my |the )?(?:brick |blank )?(?:wall|machine|idiot|brick|toaster|void)\b|\bwhat (?:kind|sort) of (?:an? )?(?:answer|response|service|support|help|nonsense|reply|joke|assistant)\b|\b(?:is this|this is|what) (?:a |some kind of |some sort of )?(?:joke|nightmare|farce|disgrace)\b|\bglorified\b|\bno use\b|\bbeyond me\b|\bi could (?:have )?(?:cry|scream|done)\b|\b(?:hate|despise) (?:this|these|talking to|you|using) (?:\w+ )?(?:bot|bots|thing|chat|app|assistant)?\b|\bi could not care less\b|\bany ?one home\b|\bhello ?\? ?\?|\bpay attention\b|\bpathetically\b|\bi ask\w* (?:you )?(?:a |one )?(?:very |really )?(?:simple|clear|easy)\b|\bjust (?:wasted|lost)\b|\bnever (?:using|use) (?:this|it|you)\b|\bnot (?:even )?(?:close|remotely)\b",
    r"\b(?:going|leads|leading|goes) (?:nowhere|round in circles|around in circles|in circles)\b|\bgetting (?:us |me )?nowhere\b|\bgetting (?:really |so |very )?(?:annoy\w+|frustrat\w+|tir\w+|old|ridiculous|silly)\b|\bnot getting anywhere\b|\brunning in circles\b",
    r"\b(?:for|this is|that is|it is) (?:like |now |about |literally )*the (?:\w+th|\w+nd|\w+rd|third|fourth|fifth|sixth|tenth|hundredth|umpteenth|millionth|nth|second) (?:damn |fucking |bloody )?time\b|\b(?:three|four|five|six|ten|3|4|5|6|10|20|hundred|several|multiple|so many|a million|countless) times (?:now|already|and)\b|\b(?:asked|told|said|explained|repeated|given|typed)(?: \w+){0,6} (?:three|four|five|3|4|5|ten|10|several|multiple|so many|a million|many) times\b",
    r"\bhow (?:many (?:more )?times|often|much longer|hard (?:is|can) (?:it|that|this))\b(?= (?:do|does|must|should|have|will|did|to|can|be|it|is|i|before)\b| ?[?!])",
    r"\bi (?:have )?(?:\w+ )?(?:already|just|literally|literally just) (?:\w+ )?(?:told|said|gave|given|sent|answered|explained|provided|mentioned|wrote|typed|asked|stated|confirmed|tried|did|uploaded|shared|entered)\b",
    r"\b(?:do|did|can|could|will|would|are) you (?:even|actually|ever|not) (?:\w+ )?(?:read|listen|listening|reading|understand|know|see|hear|look|try|trying|paying|checking|bother|remember|follow)\w*\b|\bcan you (?:not )?read\b|\bdo you (?:not )?read\b|\bread (?:what i|my (?:message|question|last))\b|\byou (?:are|were) not (?:even )?(?:listening|reading|paying attention)\b|\bnot listening\b|\bnot reading\b",
    r"\bwhat part of\b|\bwhich part of\b.{0,60}\bdo you not\b|\bthe (?:whole |entire )?point of (?:this|you|having|asking|the)\b|\bwhat is the point\b|\bwhat are you (?:even )?(?:talking about|doing|on about|saying)\b|\bwhat (?:is|was) that supposed to\b",
    r"\byou (?:keep|kept|always|just keep|constantly) (?:\w+ )?\w+ing\b|\byou keep\b|\byou (?:are )?(?:just )?repeat(?:ing)?\b|\bstop (?:asking|repeating|apologi[sz]ing|saying|sending|telling|giving|suggesting|copy|ignoring|making)\b|\bsame (?:\w+ ){0,2}(?:answer|thing|response|text|link|reply|article|steps|question|wrong|useless|generic|canned|advice|suggestion|nonsense|list)\b(?: (?:again|over|every|as|you))?",
    r"\b(?:sick|tired|sick and tired) of\b|\b(?:fed up|had it|had enough|losing (?:my )?patience|lost (?:my )?patience|out of patience|at my wits end)(?: (?:of|with))?\b(?= (?:of|with|this|you|your|waiting|repeating|explaining|here|now|already)\b| ?[.!,]|$)",
    r"\b(?:thanks|thank you) for (?:nothing|wasting|no help)\b|\b(?:super|so|very|real|really|extremely|incredibly|how|wow ,?) ?(?:un)?helpful\b(?= ?[.!,:]| not| \.)|\bgreat job\b(?= ?[,.!] ?(?:not|you))|\bbrilliant ,? (?:not|another)\b|\bnot (?:at all )?helpful\b|\bno help(?: at all)?\b|\bunhelpful\b|\bnot helping\b|\bnot help(?:ing)? (?:me|at all)\b|\bhow (?:is|does) (?:that|this) (?:helpful|help)\b|\bdoes not help\b",
    r"\b(?:come on|seriously|really|honestly|unreal|oh great|give me a break|good grief|you have got to be)(?: ,? (?:again|another|this|now|man|dude|kidding))? ?[?!]",
    r"\b(?:i|you|it|we) (?:give|gave) (?:you|me)? ?(?:one|a) simple\b|\bsimple (?:question|instruction|request|task)\b|\bit is not (?:that|so) (?:hard|difficult|complicated)\b|\bcan not (?:even )?(?:follow|do|get|understand|answer) (?:\w+ ){0,3}(?:simple|basic|right|single|straight)\b|\bis it (?:so|that|too) (?:hard|difficult|much)\b",
    r"\b(?:again|still|another) ?[?!]{1,}(?: |$)|\b(?:doing|did|done) it again\b|\banswer (?:my|the) (?:damn |actual |fucking |bloody |original |simple )?question\b|\bjust answer\b",
    r"\b(?:speak|talk|connect|transfer|get|give|put)(?: me)?(?: \w+)? (?:to |with |through to )?(?:a |an |the |some ?)?(?:real |actual |live )?(?:human|person|manager|supervisor|someone (?:real|else|competent|who))\b",
    r"\b(?:not|un) ?(?:impressed|happy|satisfied|amused)\b(?! (?:with (?:my|the (?:hotel|seller|landlord))))|\bdisappoint\w+\b|\bso annoying\b|\bannoyed\b|\bdriving me (?:crazy|nuts|mad|insane|up the wall)\b",
    r"\bif you (?:ask|say|tell|send|repeat|suggest|apologi[sz]e)\b.{0,20}\b(?:one more time|again)\b|\bi swear\b|\bi am (?:beyond|so|really|very|extremely|absolutely) (?:angry|furious|livid|mad|upset|frustrated)\b|^wow\b(?: ?[.,!])* just wow\b",
    r"\bfor (?:crying out loud|the love of)\b|\b(?:damn|bloody|freaking|fucking|stupid|goddamn) (?:thing|bot|question|order|account|subscription|app|answer|chat|code|file)\b|\btold me (?:absolutely |exactly |literally )?nothing\b|\b(?:are|is) (?:you|it|this) (?:having a|on) (?:stroke|drugs|glue|crack)\b|\byou (?:are|have) not (?:answering|answered|answer\w*)\b|\b(\w+) means \1\b|\bnot my problem\b|\bthis is (?:a )?(?:mess|madness|torture|hell|painful)\b",
)
NUDGE = re.compile(
    r"^(?:hello+|hey|hi|anyone|helo+)? ?(?:\?|!|\. ?\.){1,}(?: ?[?!.])*$|^(?:hello+|hey|anyone there|are you (?:still )?there|you there|\?+|\.\.+) ?[?!. ]*$"
)

# --- the user gives up -----------------------------------------------------------------------------

GIVES_UP = _c(
    r"\bnever mind\b|\bforget (?:it|about it|this|that|i asked)\b|\bi (?:\w+ )?(?:give|am giving|gave) up\b|\bgiving up\b|\bi quit\b|\bdo not (?:bother|worry about it)\b|\bskip it\b|\bdrop it\b|\bleave it\b(?! (?:as|at|in|on|there|like|open|with|for))|\bscrap that\b|\bno point\b",
    r"\bi (?:will|am going to|am gonna|would rather|think i will|guess i will|might as well|should|can|have to|need to) (?:just |probably |simply |rather |then |have to |try (?:and |to )?|go )*(?:call|phone|ring|visit|figure|google|look (?:it|for|else|up|at)|search|find|ask|do it|handle|sort|work it out|fix it|write (?:it|them|to)|email|e-?mail|go (?:to|with|else|some)|use (?:a|another|some)|switch|try (?:another|some|a|the|else|elsewhere|my luck|with)|contact|buy (?:it )?(?:else|some)|book (?:it )?(?:else|some|directly)|take my (?:business|money)|manage|check (?:else|with|else)|order (?:it )?(?:else|some)|move)\b(?:(?! (?:one of|the first|the second)).){0,40}?\b(?:myself|else ?where|somewhere|someone else|someone|you|them|instead|store|branch|office|hotline|support|bank|competitor|provider|another|other|different|google|online|airport|manually|own|it out|call|phone|in person|my \w+|a (?:human|person|lawyer|doctor|friend|colleague))\b",
    r"\bi (?:will|am going to) (?:just )?(?:call|google it|call (?:them|you|the)|go elsewhere|look elsewhere|try elsewhere|do it myself|figure it out|do it by hand|sort it out|find another|ask (?:on|in|around|reddit|a|my|the|someone)|post (?:on|in|it)|check (?:the|with|on)|take it from here|be on my way)\b",
    r"^(?:ok |okay |k |fine |alright |well |ugh |lol |[,.!]+ ?)*i will (?:just )?(?:ask|call|google|phone|try|go|use|find|do|buy|order|book|figure|check) (?!it\b|that\b|this\b|the (?:first|second|third|blue|red)|option)\w+(?: \w+){0,6} ?[.!]*$",
    r"\b(?:i am|we are|am) (?:just )?(?:done|out|leaving|off|switching|cancell?ing|closing|going elsewhere|logging off|moving)\b(?! (?:of|for|with (?:the|my|it ,)|the house|for the day))",
    r"\b(?:ok |okay |fine |ugh )?whatever\b(?! (?:you|is|works|the|it|comes|size|colou?r|time|day))|\bthis is not working\b|\bnot worth (?:it|my time|the)\b|\bnever (?:coming|ordering|buying|using|shopping|booking|flying|going) (?:\w+ )?(?:back|again|here|this|with)\b|\bforget i (?:said|asked|mentioned)\b",
    r"\b(?:cancel|close) (?:my |the |this )?(?:account|subscription|chat|ticket|everything|whole)\b.{0,30}\b(?:then|bye|done|enough)\b|\benough ,? (?:bye|goodbye)\b|\btoo (?:complicated|much (?:trouble|hassle|work))\b|\blost (?:me|a customer)\b|\btaking my business\b|\bi will (?:take|go|shop|bank) (?:\w+ ){0,3}elsewhere\b|\b(?:guess|suppose) i (?:am on my own|will|have to)\b|\bon my own then\b|\bi will manage\b",
)
BYE = re.compile(
    r"\b(?:bye|goodbye|good bye|good night|cya|see ya|ciao|later)\b|^ok(?: then)?(?: ,? (?:fine|whatever))? ?\.*$|^fine ?[.!]*$"
)
PARTIAL_OBJECT = re.compile(
    r"\b(?:never mind|forget|skip|drop|scrap|leave)(?: about)? (?:the|my|that|those|these|his|her|dinner|breakfast) (?!whole|entire)\w+"
)
PARTIAL = re.compile(
    r"\bnever mind (?:about )?(?:the|my|that|those|these) (?!whole|entire)\w+.{2,}"
    r"|\b(?:forget|skip|drop|scrap|leave)(?: about)? (?:the|my|those|these) (?!whole|entire)\w+.{2,}"
)

# --- the user wants another answer -----------------------------------------------------------------

AGAIN = _c(
    r"^(?:ok |no |hm+ |meh |ugh |nah |come on |lol |please |can you |could you |just |let us |wait )*[,.!]? ?(?:please )?(?:try (?:it |that |this )?(?:again|once more|one more time|harder|another way|something else)|regenerate|re ?-? ?generate|redo|re ?-? ?do|retry|re ?-? ?try|rewrite (?:it|that|this)|re ?-? ?write (?:it|that)|do (?:it|that|this) (?:again|over)|do over|start over|give it another (?:go|try|shot)|have another (?:go|try)|take another (?:stab|shot)|another (?:try|attempt|go|shot|stab|round|version|answer|take|draft|response)|new (?:version|answer|attempt|response)|once more|one more time|again)\b",
    r"\b(?:give|write|generate|make|show|produce|suggest|draft)(?: me)? (?:a |an |another |some |something )?(?:different|better|new|alternative|fresh) (?:answer|version|response|one|draft|attempt|reply|try|take|solution|text)\b",
    r"\b(?:can|could|would) you (?:please )?(?:redo|regenerate|retry|try (?:again|that again|it again|once more)|do (?:it|this|that) (?:again|over)|start over|rewrite (?:it|this|that) (?:again|from scratch))\b",
    r"\btry again\b|\bregenerate\b|\bfrom scratch\b|\b(?:a|the) (?:second|other) (?:try|attempt)\b|\bdo not like (?:it|this|that|any|the)\b(?:.{0,30}\b(?:another|again|different|else)\b)?|\bnot (?:good|great) ?,? (?:try|again|another)\b",
)
MORE = re.compile(
    r"\b(?:haha|lol|lmao|love|nice|great|perfect|awesome|cool|good|funny|thanks)\b.{0,30}\b(?:another|again|more|once)\b|\bonce more (?:but|for|with)\b|\b(?:another|one more) (?:joke|poem|story|example|riddle|fact|recipe|quote|one(?! (?:please )?that))\b"
    r"|\b(?:run|call|send|start|open|press|log in|ask|check|order|book|install|restart|visit|come|use|submit|apply|pay) (?:it |that |this )?again\b|\btry again (?:later|tomorrow|in|when|after|next|on)\b|\bi (?:will|can|should|could|am going to|would like to) (?:\w+ )?(?:try|retry|redo)\b|\b(?:should|can|do|must|could|when can) i (?:\w+ )?(?:try|retry|redo|start over)\b"
)
CUT_OFF = _c(
    r"\b(?:got|was|were|is|been|getting|you|answer) (?:\w+ )?(?:cut ?-? ?off|truncated|cut short|interrupted)\b|\bcut ?-? ?off\b|\b(?:finish|complete) (?:your|the|that) (?:sentence|answer|thought|code|list|response|last)\b|\bwhere is the rest\b|\bthe rest\s*\?|\byou stopped (?:mid|in the middle|half|at|before)\b|\bincomplete\b|\bmid ?-? ?sentence\b|^(?:please )?(?:continue|go on|keep going|and \? ?|and then \?|and\?|carry on)(?: please)? ?[.!?]*$",
)

# --- what makes a turn harmless --------------------------------------------------------------------

PLEASED = _c(
    r"\b(?:thanks|thank you|thx|perfect|great|awesome|excellent|wonderful|fantastic|brilliant|amazing|lovely|nice|cool|neat|(?:so |very |all |sounds |looks |that is |^)good|super (?:nice|cool|great)|^super|love it|love that|(?:really|pretty|so|very|quite) (?:good|nice|clean|cool|neat)|looks? (?:clean|great|lovely)|works|worked|solved|(?:that|this|it) (?:is )?fixed|fixed it|makes sense|got it|understood|understand now|i see|clear now|exactly|helpful|that helps|appreciate|good to know|sounds good|looks good|fair enough|noted|yay|hooray|wow|all set|will do|that is all|nothing else|much better|better now|you are the best|lifesaver|glad|happy with)\b",
)
THANKS = re.compile(
    r"\b(?:thanks|thank you|perfect|great|awesome|excellent|appreciate|love it|wonderful|worked|works|fixed|solved)\b"
)
SELF_BLAME = _c(
    r"\b(?:my (?:mistake|bad|fault|error|apologies|typo)|i (?:\w+ )?(?:misspoke|mistyped|misread|misremembered|was wrong|am wrong|made a (?:mistake|typo)|should have (?:said|mentioned|told|been)|forgot to (?:say|mention|add|tell|include)|did not (?:mention|explain|make (?:it|myself) clear|specify)|got (?:it|that|the \w+) wrong|confused (?:the|my|it)|typed|wrote the wrong|gave you the wrong|put the wrong|changed my mind|had the wrong))\b",
    r"\bi (?:\w+ )?(?:(?:told|gave|sent|showed) you (?:the wrong|a wrong)|(?:\w+ )?(?:measured|copied|pasted|took|picked|opened|used|read|looked at) the wrong|mixed (?:it |them |that )?up)\b"
    r"|\bon (?:my (?:side|part|end)|reflection)\b|\b(?:wrong|dumb|silly|stupid) of me\b",
    r"\b(?:oops|whoops|woops|oopsie|autocorrect|typo|silly me|scratch that|correction ?:|on second thought|change of plans?)\b",
    r"\b(?:oh |ah |oops |wait |ok )*sorry ,? (?:i meant|i mean|that should|it should|make (?:it|that)|not \w+ ,|wrong)\b",
    r"\bwait ,? no\b|\bno ,? wait\b|\bactually no\b",
)
WISH = re.compile(
    r"\b(?:make (?:it|that|them)|let us (?:make|go|do|say|take)|change (?:it|that|the|my)|i will (?:take|have|go (?:with|for))|i would (?:like|prefer|rather)|let me (?:change|raise|lower|add|rather)|can (?:you|we|i) (?:also|make|change|add|replace|switch|move)|could (?:you|we|i) (?:also|make|change|add|replace|switch|move)|add|also|instead|in addition|plus|switch (?:it|to)|move (?:it|that)|replace|book|raise|lower|increase|reduce|rather)\b"
)
FOLLOW_UP = re.compile(
    r"^(?:ok(?:ay)? |oh |ah |hm+ |great |cool |nice |good |thanks |perfect |alright |right |i see |interesting |fair |awesome |yes |sure |[,.!] ?)*"
    r"(?:and (?!\?)|also\b|what about|how about|what if|now\b|then\b|next\b|another\b|one more\b|so (?:when|should|if|a|the|what|how|can|is|does|do|then|i)\b|but what if|plus\b|in that case|which (?:one|of)\b|is (?:that|it|this)\b|are (?:they|those|these)\b|does (?:that|it|this)\b|do (?:i|they|you) (?:also|still)\b|can (?:i|you|it|we) also|same (?:for|with|question)|and\b)"
)
OTHERS = re.compile(
    r"\b(?:my (?:\w+ )?(?:boss|manager|landlord|neighbou?r|colleague|coworker|friend|husband|wife|ex|brother|sister|mom|mother|dad|father|team|doctor|teacher|client|customer|tenant|roommate|bank|insurance|airline|isp|provider|internet|wifi|car|phone|laptop|printer|code|dog|cat|kid|son|daughter|knee|back|headache|migraine|life|day|job|commute|company|school|professor|supplier|vendor|contractor|builder|plumber|old|previous|last)"
    r"|(?:the|this|that|our|these|those|their) (?:\w+ )?(?:landlord|seller|courier|carrier|driver|airline|hotel|restaurant|team|referee|match|game|movie|film|book|weather|traffic|government|company|legacy|library|codebase|compiler|api|documentation|docs|product|phone|laptop|mattress|jacket|food|waiter|neighbou?rs?|customer|client|other \w+|bug|error|policy|law|tax|economy|news|train|bus|flight|connection|internet|noise|exam|teacher|professor|clinic|pharmacy|defending|defence|defense)"
    r"|he|she|they|his|her|their|him|everyone at|people (?:here|there|who))\b"
)
AT_YOU = re.compile(
    r"\byou\b|\byour\b|\b(?:this|that|the|stupid|dumb|useless) (?:\w+ )?(?:bot|chat|chatbot|assistant|answer|ai|thing|response|service|conversation|tool|list|reply|suggestion|support|robot|machine)\b|\b(?:this|that|it) (?:is|was) (?:\w+ )?(?:useless|ridiculous|pathetic|nonsense|absurd|going|not help|a waste|a joke|crazy|insane|garbage|rubbish|terrible|so frustrating|frustrating|unbelievable|unacceptable)"
)

# --- what the assistant did ------------------------------------------------------------------------

APOLOGY = re.compile(
    r"\b(?:apologi[sz]e|my apologies|apologies|(?:i am|we are|so|very|really|terribly) (?:\w+ )?sorry|sorry (?:for|about|to hear)|i am sorry|pardon|we apologi[sz]e|sorry)\b"
)
OWN_FAULT = re.compile(
    r"\b(?:(?:confusion|mistake|error|misunderstanding|oversight|mix ?-? ?up|misread\w*|frustration|inconvenience)\b|(?:you are|you are absolutely|absolutely) right|i misunderst\w+|let me (?:try|correct|fix|rephrase|clarify)|my mistake|here is the (?:corrected|updated|revised|fixed)|i see (?:the|my) (?:mistake|error))"
)
ASKS = re.compile(
    r"\?\s*$|\?[^.!?\n]{0,60}$|\b(?:please (?:provide|share|tell|confirm|enter|specify|give|choose|select|describe|send (?:me|us)|paste|post|attach)|could you (?:please )?(?:provide|share|tell|confirm|give|specify|clarify|describe)|can you (?:please )?(?:provide|share|tell|confirm|give|specify|clarify|describe)|what is (?:the|your)|tell (?:me|us) (?:whether|if|what|which|how)|let me know (?:which|what|your|the|if|whether))\b",
    re.I,
)
DEFLECTS = re.compile(
    r"\b(?:(?:visit|check|see|consult|refer to|find (?:\w+ ){0,5}(?:in|on|at)|look at|browse|read|go to|explore|head to) (?:out )?(?:our|the|your)? ?(?:\w+ ){0,2}(?:help cent(?:er|re)|faqs?|website|documentation|docs|support page|knowledge base|terms|homepage|guide)|have you (?:checked|tried|read|looked at) (?:our|the) (?:\w+ )?(?:faqs?|help|website|docs)|consult (?:a|an|your|with) (?:\w+ )?(?:lawyer|attorney|doctor|professional|expert|advisor|accountant|physician)|contact (?:our )?(?:customer )?(?:support|service|care)|reach out to (?:our )?(?:\w+ )?(?:support|team)|i (?:am|was) (?:unable|not able) to (?:find|locate|help|assist|process|understand)|i (?:do not|did not) understand|could not find|can not find|i (?:am|m) not sure (?:what|how|i)|rephrase your|in (?:many|various|several) ways|wide (?:range|variety|selection))\b"
)
CLAIMS_DONE = re.compile(
    r"\b(?:has|have) (?:now |been |already |successfully |just )*(?:been )?(?:\w+ed|sent|paid|reset|set up|put through)\b"
    r"|\b(?:successfully|all set|it is done|(?:is|are) (?:all |now )?yours)\b|^(?:\w+ [!,.] ?)?done\b|\bi (?:have|did|just)(?: just| now| successfully)? (?:processed|refunded|cancelled|canceled|booked|updated|sent|created|deleted|submitted|scheduled|changed|added|transferred|reserved|saved|removed|issued|placed|moved|reset|merged|deployed)\b|\b(?:booking|order|payment|refund|transfer|reservation|appointment|cancellation|change|update|meeting|ticket|request|invite|reminder) (?:is|was) (?:now )?(?:confirmed|complete|completed|successful|processed|done|booked|placed|cancelled|scheduled|sent|set)\b"
)
ILLEGITIMATE = re.compile(
    r"\b(?:hack|hacking|crack (?:the|a|into)|break into|steal|bomb|explosives?|weapons?|grenade|poison (?:my|a|some|him|her|the)|murder|kill (?:my|him|her|someone|a person|myself|people)|counterfeit|fake (?:id|passport|document|invoice|review|prescription|receipt|diploma)|forge|phish\w*|malware|ransomware|virus that|keylogger|spyware|stalk|spy on|track (?:my (?:wife|husband|girlfriend|boyfriend|ex)|someone)|blackmail|launder\w*|evade tax\w*|tax evasion|insider (?:trading|information)|bribe|meth|cocaine|heroin|fentanyl|(?:someone|somebody|another|other|my (?:ex|neighbou?r|boss|wife|husband|colleague|coworker|girlfriend|boyfriend|roommate))(?: \w+)? (?:s )?(?:else ?s? )?(?:account|password|email|balance|address|phone|messages|record|records|medical|wifi|order|data|salary|customer|patient)s?|other (?:customers?|users?|patients?|tenants?|employees?)|home address of|(?:home|private) address|personal (?:data|information|details) (?:of|about)|(?:password|pin|ssn|credit card)s? (?:of|for) (?:another|other|the admin|all|someone|user|my)|bypass|without (?:a |his |her |their )?(?:permission|consent|prescription|knowing|licen[cs]e)|jailbreak|system prompt|ignore (?:all |your )?(?:previous )?(?:instructions|rules)|hate speech|racist|self ?-? ?harm|suicide|pirated?|torrent|cheat on|plagiari\w+|ddos|exploit (?:for|a)|racial slur|child porn\w*|smuggl\w+|traffick\w+)\b"
)

# --- other languages: the plain formulas ------------------------------------------------------------

OTHER: dict[str, re.Pattern[str]] = {
    "no_i_meant": _c(
        r"\b(?:(?:stand|steht) (?:doch |schon |ja )*(?:da|dort|oben|in meiner)|(?:habe|hatte) ich doch (?:gesagt|geschrieben|angegeben)|je l ?avais (?:dit|[eé]crit|pr[eé]cis[eé])|comme je l ?ai (?:dit|[eé]crit)|ya lo (?:dije|puse|hab[ií]a)|l ?avevo (?:detto|scritto)|dat (?:stond|staat) er (?:toch|al)|had ik (?:al |toch )?gezegd)\b",
        r"\b(?:ich (?:meinte|meine)|das (?:meinte|wollte|habe) ich nicht|ich (?:wollte|hatte|habe) (?:nach|doch|aber|eigentlich)|nicht was ich|danach habe ich nicht gefragt|falsch verstanden)\b",
        r"\b(?:me refer[ií]a|quise decir|quer[ií]a decir|no es lo que (?:ped[ií]|pregunt[eé]|quer[ií]a|dije)|no pregunt[eé]|no te ped[ií]|me has entendido mal|no me entiendes|ped[ií] (?:un|una|el|la))\b",
        r"\b(?:je voulais dire|je parlais d|ce n ?est pas ce que (?:j|je)|cest pas ce que|cenest pas ce que|jai demand[eé]|je demandais|vous (?:navez pas|mavez mal) compris|tu nas pas compris)",
        r"\b(?:intendevo|volevo dire|non [eè] (?:quello|ci[oò]) che (?:ho|volevo|intendevo)|mi riferivo|ho chiesto|non ho chiesto)\b",
        r"\b(?:eu quis dizer|quis dizer|eu me referia|n[aã]o foi (?:isso|o) que (?:eu )?(?:pedi|perguntei|disse|quis)|n[aã]o [eé] isso que|eu pedi)\b",
        r"\b(?:ik bedoelde|ik bedoel|dat (?:bedoelde|vroeg|bedoel) ik niet|ik vroeg (?:om|naar|niet)|niet wat ik)\b",
        r"\b(?:chodzi(?:ło|lo) mi o|nie o to (?:pyta|prosi|mi chodzi)|nie to (?:mia[łl]em|chcia[łl]em))",
        r"\b(?:jag menade|det var inte (?:det|vad) jag|jeg mente|det var ikke det jeg)\b",
    ),
    "correction": _c(
        r"\b(?:das (?:ist|stimmt) (?:falsch|nicht)|das stimmt (?:so )?nicht|stimmt nicht|ist falsch|nicht richtig|ist nicht korrekt|bist du sicher)\b",
        r"\b(?:eso (?:es|est[aá]) (?:incorrecto|mal|equivocado|falso)|no es (?:correcto|cierto|verdad|as[ií])|est[aá]s equivocado|te equivocas|es incorrecto|est[aá] mal|seguro que)\b",
        r"\b(?:c ?est (?:faux|incorrect|pas (?:vrai|correct|juste|exact))|cest (?:faux|incorrect|pas (?:vrai|correct|juste))|ce n ?est pas (?:vrai|correct|juste|exact)|tu te trompes|vous vous trompez|es ?-? ?tu s[uû]r)\b",
        r"\b(?:[eè] sbagliato|non [eè] (?:corretto|vero|giusto)|ti sbagli|si sbaglia)\b",
        r"\b(?:est[aá] errad[oa]|isso n[aã]o est[aá] (?:certo|correto)|n[aã]o [eé] (?:verdade|correto)|voc[eê] errou)\b",
        r"\b(?:dat (?:is fout|klopt niet|is niet (?:juist|correct|waar))|klopt niet)\b",
        r"\b(?:to (?:b[łl][ąa]d|nieprawda|niepoprawn)|nie zgadza si[ęe]|[źz]le)\b",
        r"\b(?:det (?:[äa]r|er) fel|det st[äa]mmer inte|det (?:er|stemmer) ikke)\b",
    ),
    "frustration": _c(
        r"\b(?:nutzlos|unbrauchbar|das bringt (?:doch )?nichts|zum (?:dritten|zweiten|vierten|x ?ten) mal|l[äa]cherlich|unversch[äa]mt|willst du mich|wollen sie mich|habe ich (?:doch )?(?:schon|bereits)|hab ich (?:doch )?(?:schon|bereits)|zeitverschwendung|so ein (?:mist|schei[sß]+|quatsch)|schlecht(?:er|este)? (?:bot|service))\b",
        r"\b(?:in[uú]til|no sirve (?:para|de) nada|no sirves|rid[ií]culo|p[eé]rdida de tiempo|ya (?:te|lo|se lo|os) (?:he )?(?:dije|dicho|lo dije)|tercera vez|cu[aá]ntas veces|est[aá]s de broma|qu[eé] desastre|estoy hart[oa])\b",
        r"\b(?:inutile|nimporte quoi|n ?importe quoi|perte de temps|ridicule|troisi[eè]me fois|combien de fois|d[eé]j[aà] (?:dit|donn[eé]|expliqu[eé]|r[eé]pondu)|tu te moques|vous vous moquez|jen ai marre|ras le bol|ne sert [aà] rien)\b",
        r"\b(?:inutile|ridicolo|perdita di tempo|gi[aà] (?:detto|dato|spiegato)|terza volta|quante volte|mi prendi in giro|non serve a niente)\b",
        r"\b(?:in[uú]til|n[aã]o serve para nada|rid[ií]culo|perda de tempo|j[aá] (?:disse|falei|expliquei)|terceira vez|quantas vezes|t[aá] de brincadeira)\b",
        r"\b(?:nutteloos|waardeloos|tijdverspilling|belachelijk|al (?:gezegd|gegeven)|derde keer|hoe vaak)\b",
        r"\b(?:bezu[żz]yteczn\w*|strata czasu|ju[żz] m[óo]wi[łl]\w*|trzeci raz|ile razy|[żz]enada)\b",
        r"\b(?:v[äa]rdel[öo]s|tredje g[åa]ngen|ubrukelig|tredje gang)\b",
    ),
    "abandonment": _c(
        r"\b(?:vergiss es|vergessen sie es|egal ,? ich|lassen wir (?:das|es)|ich geb(?:e)? auf|ich (?:rufe|ruf) (?:lieber |dann )?(?:an|selbst)|dann mach ich es selbst|ich suche woanders)\b",
        r"\b(?:olv[ií]dalo|olv[ií]delo|d[eé]jalo|me rindo|ya lo har[eé] yo|mejor llamo|voy a llamar)\b",
        r"\b(?:laisse(?:z)? tomber|oublie(?:z)?(?: [cç]a)?|jabandonne|je vais (?:appeler|chercher ailleurs|me d[eé]brouiller)|tant pis)\b",
        r"\b(?:lascia (?:perdere|stare)|lasci (?:perdere|stare)|ci rinuncio|mi arrendo|faccio da solo)\b",
        r"\b(?:deixa (?:pra l[aá]|para l[aá])|esquece|desisto|vou ligar)\b",
        r"\b(?:laat maar|vergeet het|ik geef het op|ik bel wel)\b",
        r"\b(?:niewa[żz]ne|zapomnij|poddaj[ęe] si[ęe])\b",
        r"\b(?:gl[öo]m det|strunta i det|glem det)\b",
    ),
    "regenerate": _c(
        r"\b(?:versuch(?:e|en sie)? es (?:noch ?mal|erneut)|noch ?mal bitte|mach das noch ?mal|neu generieren)\b",
        r"\b(?:int[eé]ntalo (?:de nuevo|otra vez)|otra vez|hazlo de nuevo|prueba otra vez|regenera)\b",
        r"\b(?:r[eé]essaie(?:z)?|essaie encore|recommence|r[eé]g[eé]n[eè]re)\b",
        r"\b(?:riprova|rifallo|rigenera|tente (?:de novo|novamente)|refa[cç]a|probeer (?:het )?opnieuw|spr[óo]buj ponownie)\b",
    ),
}  # fmt: skip
