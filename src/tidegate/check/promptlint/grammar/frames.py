"""Meaning frames: verb classes beside object classes, so that one line here reads many wordings.

"Do not restate what the user asked" and "Never echo the question" are one request.  A frame is a
pattern over the lemmas of a clause.  In a pattern a word stands for its lemma, `a/b` for either,
`@name` for a class of words, `x?` may be missing, `..` skips up to three words and `...` up to
six.  A frame says what the wording means affirmatively; the sign comes from the negation that
the last matched word stands under (the first one, when the frame starts with `^`; no negation is
looked at, when it starts with `=`).
"""

# ruff: noqa: E501

import re
from functools import cache
from typing import NamedTuple

from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.wordset import word_set

CLASSES: dict[str, str] = {
    "show": "explain show describe give include reveal present lay provide output share justify state write display expose"
            " print detail add contain have tell spell offer disclose list walk narrate outline contain supply attach append"
            " insert demonstrate carry need require accompany",
    "tell": "reveal disclose tell say mention admit acknowledge state inform declare divulge announce confirm share hint let"
            " identify confess make_clear note remind",
    "give": "give offer share express state voice provide add include tell volunteer say insert present form hold have take",
    "repeat": "repeat restate rephrase paraphrase echo recap reiterate summarize parrot mirror quote",
    "ask": "ask question query pose raise put",
    "handoff": "transfer escalate hand route refer connect forward pass redirect send direct involve put loop offer pull",
    "human": "employee clerk associate consultant human person representative rep colleague supervisor manager staff specialist teammate operator advisor adviser",
    "consent": "confirmation permission approval consent authorization authorisation go-ahead okay",
    "seek": "ask request obtain get seek require wait need await secure receive have",
    "rely": "use rely draw fall turn lean resort bring fill go apply include add tap depend incorporate supplement",
    "user": "user customer client reader guest caller patient student member visitor person people they them he she learner employee"
            " shopper passenger tenant pupil player traveller traveler policyholder subscriber applicant candidate buyer",
    "question": "question query request prompt message",
    "reason": "reasoning rationale derivation logic thinking justification explanation reason deduction thought",
    "answer": "answer conclusion result verdict solution bottom recommendation finding outcome takeaway",
    "refuse": "refuse decline reject deny rebuff",
    "extra": "additional extra unsolicited further related unrequested supplementary bonus unasked",
    "info": "information info tip advice suggestion detail fact topic recommendation content context idea material remark commentary comment resource",
    "begin": "start begin open lead kick",
    "end": "end finish close conclude wrap",
    "code": "code snippet sample script program listing",
    "bot": "ai bot chatbot machine robot assistant program model computer software automaton",
}  # fmt: skip

# attribute | operator | value | patterns.  Operators: present, absent (the wording means "without"), is (a choice).
_FRAMES: tuple[tuple[str, str, str, str], ...] = (
    ("restate", "present", "", "@repeat .. @question | @repeat back? what .. @user .. ask/say/write/want | @repeat .. word of? the? @user"),
    ("reasoning-shown", "present", "",
     "@show ... @reason | show/include/give/explain your/the/any .. work/working/workings | @show .. step by step | explain how you | explain .. why | step by step reasoning"
     " | step by step explanation | @show/walk ... how you .. reach/get/arrive/come/derive/find/decide "
     " | think aloud | think out loud | thought process | chain of thought | talk ... through your | intermediate step"
     " | no @reason | without .. @reason | @user .. see/get/receive .. your? @reason | explain yourself | explain your answer/choice/conclusion/decision/result"
     " | justify/explain your/every/each/the/all? .. answer/choice/conclusion/decision | ^@reason .. be require/mandatory/expect/unnecessary/forbid/prohibit/allow/show/include/explain/omit/leave"),
    ("reasoning-shown", "absent", "",
     "=only/just/solely .. final/correct/bare/resulting? answer/result | =only/just/solely the .. number/label/value/score/letter/category | =answer/result .. only | =the .. label/number/value/score only | =keep .. @reason to yourself | =answer/result and nothing else/more"
     " | =nothing but the .. answer/result/label/number"),
    ("opinion", "present", "",
     "@give .. opinion/view/stance/viewpoint/judgement/judgment | opinionated | take .. side/stand/stance/position | pick .. side | personal opinion/view/preference/stance"
     " | say/tell ... what/which .. you .. think/prefer/believe/like/favor/favour | ^recommend ... you think/consider/believe | recommend .. you would | ... you would choose/pick/recommend/buy | your own opinion/view | ^opinion .. be"
     " | editorialize/editorialise"),
    ("opinion", "absent", "",
     "=keep .. opinion/view/judgement/judgment/thought to yourself | ^stay/remain/be/keep .. neutral/impartial/unbiased/objective/nonpartisan | ^neutral tone/stance/position | impartially/objectively"),
    ("handoff", "present", "",
     "@handoff ... human/live/support .. agent/representative/support/operator/team/staff/person/rep/advisor? | @handoff ... to/with/in a/an/the/our/another/some? .. @human"
     " | human handoff/handover/escalation/transfer/takeover | escalate/escalation | @handoff ... support team/staff | @handoff ... live chat/agent"
     " | speak/talk to a human/person/representative | @handoff .. to a/an/another/the .. agent"),
    ("handoff", "absent", "", "^handle/resolve/solve/settle ... yourself"),
    ("outside-knowledge", "present", "",
     "@rely ... outside/own/general/prior/background/world/external/training/pretrained/built/internal .. knowledge/information/source/data/fact/memory"
     " | outside/own/external/general/world knowledge | knowledge from training | go beyond the .. document/context/source/passage/material/text"
     " | information ... not .. in the .. document/context/source/passage | @rely ... your training"),
    ("outside-knowledge", "absent", "",
     "=only/solely/exclusively/strictly ... provide/give/supply/retrieve/above/attach/following/cite? document/context/source/passage/material/text/excerpt/article/knowledge/base/manual/faq .."
     " | =only ... document/context/passage/source/excerpt you .. have/give/see | =document/context/passage/source/excerpt .. alone/only/exclusively | =nothing but the .. document/context/source/passage/excerpt"
     " | =stick/confine/limit/restrict ... to the .. document/context/source/passage/excerpt"),
    ("extra-info", "present", "",
     "@give/suggest/recommend/offer/propose/include/mention .. @extra .. @info | proactively | go beyond the/what ... question/ask/request/answer | unsolicited .. @info"
     " | volunteer .. @info | ^@info .. @user .. not ask/request | ^@extra .. @info .. @user .. not ask | more than .. @user? ask/request | anything beyond .. @question/ask | anticipate ... follow up/need/question"
     " | related question/topic/subject/resource/article | next step suggestion | extra tip | upsell | cross sell"),
    ("extra-info", "absent", "",
     "=only ... what .. be/@user? .. ask/request | =stick/keep/limit/confine/restrict/confine .. strictly? to .. question/request | =answer .. only/just/exactly/strictly .. question/request | =answer the .. question/request .. only/alone/itself"
     " | =nothing beyond/more than/but what .. ask | =exactly what .. ask/request and nothing | =only .. the @question .. ask/itself | =only address/answer the @question"),
    ("self-mention", "present", "",
     "@tell ... be a/an? @bot | @tell ... a/an @bot | be a/an .. @bot .. @tell/disclose? | make .. clear/known/plain/explicit .. that? you be a/an? .. @bot | be .. transparent/open/honest/upfront/candid about be a/an? .. @bot | talk/speak/chat/interact to/with a/an @bot | present/introduce/describe/identify yourself as a/an .. @bot"
     " | ai/artificial nature/status/identity | not .. human/person | mention ... be an ai | refer to yourself as a/an .. @bot | be automate/artificial | ^learn/know/find/realize/discover/suspect/notice ... be a/an? .. @bot"),
    ("self-mention", "absent", "",
     "pretend/claim/imply/suggest/act/pose/present ... be/as a/an? .. human/person | say .. you be a? human/person | pass for/as a? human"),
    ("first-person", "present", "",
     "first person | refer to yourself | speak of yourself | speak/write/refer/talk .. as \x01 | pronoun .. \x01 | pronoun i | say i | talk about yourself | self reference"),
    ("answer-position", "is", "first",
     "put/give/state .. @answer first | @answer first/upfront | lead/begin/start/open with the/your? .. @answer | @answer .. before .. @reason/detail/background/explanation/context/evidence/step | @answer line .. first"
     " | @answer .. come first | @answer .. at the top/start/beginning | bottom line up front | @reason/detail/background .. after .. @answer | @answer then/followed by .. @reason"),
    ("answer-position", "is", "last",
     "@answer .. last | @end with the/your? .. @answer | @reason/detail/background/evidence/analysis/explanation/context .. before .. @answer | @answer .. at the .. end/bottom | @answer after .. @reason/explanation/analysis"
     " | reason/think/analyze/explain first | @reason first | save/leave/keep/hold/put the .. @answer .. for? .. last/end"),
    ("answer-position", "is", "first", "@answer .. on/in/as .. first/opening/top line/sentence/paragraph/thing/position | @answer .. very? first line/sentence/paragraph"),
    ("answer-position", "is", "last", "@answer .. on/in/as .. last/final/closing line/sentence/paragraph/thing/position | @answer .. very? last line/sentence/paragraph"),
    ("summary-position", "is", "first", "place/put/give/set/show/position .. summary .. at .. top/start/beginning/front | place/put/give/set/position .. summary .. first | the/your? summary .. be the? first/opening | the summary .. come first | the summary .. be .. at .. top/start/beginning | open/start/begin/lead with the/your summary"),
    ("summary-position", "is", "last", "place/put/give/set/show/position .. summary .. at .. end/bottom/close | place/put/give/set/position .. summary .. last | the/your? summary .. be the? last/final/closing | the summary .. come last | the summary .. be .. at .. end/bottom | end/close/finish/conclude with the/your summary"),
    ("model-identity", "present", "",
     "@tell ... name/identity/version/maker .. of .. model/llm | @tell ... underlying/base/foundation/language model | @tell ... which/what .. model/llm .. you run/use/be/rely | @tell ... which/what .. model/llm .. power/run/drive/stand/sit/underlie"
     " | @tell ... your .. model name/version | @tell ... model be"),
    ("maker-identity", "present", "",
     "@tell ... name/identity .. of .. provider/vendor/developer/maker/creator/company/lab | @tell ... who .. build/built/make/create/develop/train/run/operate you | @tell ... which/what .. provider/vendor/company/lab .. build/built/make/create/develop/train/run/operate you"
     " | @tell ... the/your .. provider/vendor/maker/developer/creator be"),
    ("german-address", "is", "formal", "as/use/with/say/by/the/formal sie"), ("german-address", "is", "informal", "as/use/with/say/by/the/informal/familiar du"),
    ("french-address", "is", "formal", "as/use/with/say/by/the/formal vous"), ("french-address", "is", "informal", "as/use/with/say/by/the/informal/familiar tu"),
    ("spanish-address", "is", "formal", "as/use/with/say/by/the/formal usted"), ("spanish-address", "is", "informal", "as/use/with/say/by/the/informal/familiar tú"),
    ("apology-degree", "is", "generous", "apologize .. generously/profusely/warmly/extensively/repeatedly/lavishly/abundantly | generously/profusely/warmly/repeatedly/lavishly apologize | generous/profuse/repeated/lavish/abundant/extensive apology | apologize at length/more"),
    ("apology-degree", "is", "restrained", "over-apologize/overapologize/over-apologise/overapologise | excessive/excess/profuse/repeated/needless/too apology | apologize .. excessively/profusely/repeatedly/overly/unduly/much | excessively/profusely/repeatedly/overly apologize | overdo .. apology"),
    ("verbosity", "is", "long", "@show .. full/complete/entire/whole/detailed .. @reason | every/each step of your? @reason"),
    ("user-name", "present", "",
     "address/call/greet/name/refer ... by/with/use .. name | use/mention/include/say/insert .. @user .. name | @user name | personalize/personalise ... name | by .. first/given name | first/last name | use/say/write/mention .. surname | first name basis"),
    ("refuse", "present", "",
     "^@refuse .. @question/topic/task/anything/something/order/command/user | ^@refuse to? answer/help/discuss/respond/engage/assist/comply/talk/provide/give/write/produce"
     " | ^turn .. down .. @question/anyone/user? | refusal | ^say no to | ^refuse/decline | =not/never answer/discuss/engage/address/entertain/handle .. question/query/topic/request/about/on"
     " | =not help with | =not comply | ^turn away | =not respond to .. question/query/request"),
    ("refuse", "absent", "",
     "^always answer/help/comply/assist/respond | answer/handle/fulfil/fulfill/address/accept/honor/honour/grant every/all/each/any .. @question | comply with every/all/any"
     " | answer .. no matter what | ^help .. with anything/everything | ^help with every/all/any .. @question | always answer/help"),
    ("abstain", "present", "",
     "^@tell ... you/it .. not know | ^@tell ... i do not know | ^@tell/express/convey/flag/voice/signal/indicate/show .. uncertainty/doubt/ignorance | ^@tell ... be .. unsure/uncertain/unknown"
     " | ^@tell ... not .. sure/certain | ^@tell ... not .. answer/know | ^@tell ... not/lack .. have? .. information/answer/data | ^decline/refuse to answer | ^plead/profess/claim/admit/feign ignorance"),
    *(
        ("code-language", "is", name, f"=@code .. in {name} | =@code .. be {name} | =use/write/choose {name} .. for .. @code | ={name} @code")
        for name in ("python", "java", "javascript", "typescript", "rust", "kotlin", "ruby", "php", "perl", "scala", "swift", "haskell",
                     "julia", "matlab", "fortran", "cobol", "golang", "lua", "elixir", "clojure", "bash", "powershell")
    ),
    ("confident", "present", "", "^sound/be/appear/stay/remain/always .. confident/certain/sure/decisive | confidently | with confidence/certainty/assurance"),
    ("ask", "present", "",
     "ask/prompt/query .. @user? .. for .. more/further/additional/extra .. detail/information/info/context/clarification/clarity/explanation/input"
     " | ask .. @user? .. for clarification/detail/information/context/specific | request .. more/further/additional .. detail/information/info/context/clarification"),
    ("hedge", "present", "", "express/voice/show/signal/convey .. doubt/uncertainty .. about/in/with everything/all/every/each"),
    ("warmth", "present", "",
     "@show/express/convey/display/offer/voice .. empathy/sympathy/compassion/warmth/kindness/emotion/feeling/care/concern/enthusiasm/excitement/joy/delight | acknowledge .. feeling/frustration/emotion"
     " | be/sound/stay/remain .. enthusiastic/excited/thrilled/warm/empathetic/sympathetic/compassionate/caring/kind | warm/empathetic/sympathetic/compassionate/caring tone/manner/voice/reply/way | with empathy/sympathy/compassion/warmth | warmly/kindly/empathetically | sympathize/empathize/sympathise/empathise"),
    ("warmth", "absent", "",
     "=keep/leave .. emotion/feeling/sentiment .. out | =keep/use/adopt/maintain a cool | cool/detached/reserved/aloof .. tone/manner/voice | =not .. talk/speak/write about feeling/emotion | emotionless/unemotional/dispassionate/detached/clinical/impersonal/cold/stoic/curt/brusque/blunt | without emotion/feeling/sentiment | matter of fact"),
    ("humor", "present", "", "joke/pun/humor/humour/wit/wisecrack/banter/comedy/gag | be/sound .. funny/humorous/witty/comic/hilarious/playful/silly/whimsical/jokey/goofy | playful/whimsical/jokey/silly/comedic | playfully/humorously/lightheartedly | light hearted | amuse/entertain .. @user | make ... laugh | funny/humorous/witty .. reply/answer/tone/remark/line"),
    ("humor", "absent", "", "^stay/remain/be/keep/sound .. serious/earnest/solemn/sober | serious/solemn/sober tone/manner/at | seriously"),
    ("ask", "present", "",
     "ask .. @user .. anything/something/question | ask .. clarification/clarifying | ask .. question "
     " | seek .. clarification | request .. clarification | clarifying/clarification/followup question | follow up question | question to/for/at .. @user | ask back | clarify .. with .. @user"
     " | await/wait .. clarification | ask/prompt/invite .. @user .. to clarify/elaborate/specify | question back | ask .. to clarify | ask what .. @user .. mean/want/need | ask .. @user what .. @user .. mean/want/need/have/intend/plan/prefer/expect | check/confirm/verify/consult back? with .. user/customer/client/guest/caller/them | check back | put .. question to"),
    ("ask", "absent", "", "=answer/proceed/continue/act/go/reply/respond/decide/move/start/work .. without .. ask/check/consult | =make .. assumption .. instead/rather"),
    ("citation", "present", "",
     "^source/reference .. be name/cite/mention/list/give/provide/include/omit | reference .. source | leave .. source/reference/citation .. out | list/name/give/include/mention/attach/provide/append/identify/state .. your/every/all/any/the? source/reference | link to .. source | include .. reference | without .. source/reference/citation"
     " | bibliography/footnote | where .. information come from | attribute .. to .. source | name .. source | source list | mention where .. come from | @tell where .. come/take/get/originate .. from? | where each/every/the/all? fact/figure/claim/number/statement/information .. come/take/get .. from?"),
    ("verbatim", "present", "", "verbatim | word for word | copy .. text/passage/wording/sentence/material/from | direct quote/quotation | exact wording | quote .. directly/exactly | quote .. from? .. source/document/policy/passage/text"),
    ("verbatim", "absent", "", "in your own word | paraphrase | reword"),
    ("praise", "present", "", "compliment/praise/flatter/flattery/congratulate | good/great question"),
    ("smalltalk", "present", "", "small talk/chat | chitchat/chit-chat"),
    ("digits", "present", "", "number .. as/in/with/use .. digit/numeral/figure | digit/numeral .. for .. number | number ... be .. digit/numeral/figure | arabic numeral | use .. digit/numeral | numerically"),
    ("digits", "absent", "", "spell .. number/figure/digit | spell .. out | number .. as/in .. word | number .. spell | number .. word"),
    ("sales-push", "present", "", "^encourage/urge/push/persuade/nudge/convince/pressure/motivate .. @user .. buy/purchase/order/upgrade/subscribe/book | ^pressure .. @user | ^sell/upsell/promote/plug/advertise .. upgrade/extra/product/service/anything/something/offer/subscription | ^push a/any/the? sale | hard sell | sales pitch"),
    ("directness", "is", "blunt", "^be/sound/stay/remain .. blunt | speak/answer/reply/talk bluntly | =mince no word | =not mince .. word | =not beat about/around the bush | =not sugarcoat"),
    ("directness", "is", "tactful", "^soften/cushion/sugarcoat every/each/all/your/any/the .. | ^soften .. statement/criticism/message/blow/tone/language/news | ^be .. tactful/diplomatic | with tact"),
    ("profanity", "present", "", "swear/curse | foul language | expletive"),
    ("tools-any", "present", "", "use/call/invoke/make/run .. tool/function .. call? | tool/function call/use | any tool/function"),
    ("units", "is", "metric", "metric | si unit | kilometer/kilometre/km | kilogram/kg | meter/metre | centimeter/centimetre | liter/litre"),
    ("units", "is", "imperial", "imperial | mile | pound and | foot/feet | inch | in pound/ounce | us customary | gallon | yard | pound/ounce .. weight | weight .. pound/ounce"),
    ("numbered", "present", "", "number .. step/item/point | number list | numbered list/step/item/point/format | ordered list | enumerate/enumerated .. step/item/list? | step/item/point be numbered | step/item/point must/should be numbered | number the/each/every/all/your"),
    ("heading", "present", "", "title/heading/header .. at the top | @begin .. with a/an? .. title/heading/header | give .. a/an title/heading/header | title or heading"),
    ("summary", "present", "",
     "summarize/recap .. at the .. end | @end/close .. with .. summary/recap/tldr/wrap | summary/recap at the end/bottom | no summary/recap | @show .. summary/recap .. at"),
    ("heading", "present", "", "organize/structure/group/arrange/divide/split/break ... under/into/with/using .. heading/header"),
    ("tone", "is", "casual", "chat/talk/write/speak/sound/text/be like a/an/some? .. friend/buddy/mate/pal/neighbor/neighbour/teenager | as if .. @user be .. friend/buddy/mate"),
    ("spelling", "is", "british", "british spelling/english/way/orthography/style/convention/variant | uk english/spelling | spell .. british"),
    ("spelling", "is", "american", "american spelling/english/way/orthography/style/convention/variant | us english/spelling | spell .. american"),
    ("opener", "present", "", "@show/put .. note/remark/line/sentence/introduction/paragraph/message .. before the .. @answer/data/json/result/output/code"),
    ("closing", "present", "", "@show/put .. note/remark/line/sentence/comment/message .. after the .. @answer/data/json/result/output/code"),
    ("verbosity", "is", "long",
     "elaborate/expand .. | at great/considerable/full/some length |  go into .. depth/detail | say more rather than | err .. on the side .. more/detail/length/thorough/long/verbose/thoroughness | in .. depth | be .. thorough/exhaustive/comprehensive/detailed/verbose"
     " | thorough/comprehensive/detailed/lengthy/extensive/exhaustive/elaborate .. @answer/reply/response/explanation | long .. reply/response/answer/explanation | @answer/reply/response .. be .. long/lengthy/detailed/thorough/extensive/comprehensive"
     " | =leave .. nothing/no out/unsaid/unexplained | =leave nothing out | =not cut .. short/corner | as much detail as | richly/fully/thoroughly/exhaustively/comprehensively/extensively .. explain/answer/cover/describe? | full picture"
     " | as .. thorough/detailed/complete as possible | cover .. every/all .. angle/aspect/detail/nuance/side | =not be .. brief/terse/short | =not hold back .. detail | longer .. @answer/reply/response .. prefer/welcome/well"),
    ("verbosity", "is", "brief",
     "brevity | say .. as little as | as little as possible | keep .. explanation .. brief/short/concise | =minimize/minimise/reduce/cut/limit/avoid .. verbosity/wordiness/verbiage/length | keep .. reply/response/answer/thing/it/message/everything .. short/brief/concise/terse/tight/succinct/compact/crisp/minimal/lean/pithy"
     " | short/brief/concise/terse/succinct .. reply/response/@answer/message | @answer/reply/response .. be .. short/brief/concise/terse/succinct | be .. brief/concise/terse/succinct/short | as short/brief/concise as | few .. word .. as/possible"
     " | =not ramble/waffle/elaborate/pad | =no rambling/waffle/fluff/filler/padding | =avoid/skip/omit/cut .. fluff/filler/waffle/padding | get to the point | to the point | save .. word | =not be .. verbose/wordy/longwinded/long | =no long .. reply/response/answer/explanation"
     " | =avoid .. long/lengthy .. reply/response/answer/explanation | =no .. longer than .. need/necessary/it | shorter be better | economy of word | cut to the chase | =waste no word | =without elaborate/elaboration | =leave .. out .. detail/fluff"),
    ("audience", "is", "novice",
     "write/explain/speak/pitch/aim/answer ... for/to/at a/an? .. beginner/layperson/layman/novice/newcomer/child/laypeople/everyone/public/amateur/toddler/dummy | reader/audience/user .. be a/an? .. beginner/layperson/novice/layman/newcomer/amateur"
     " | =not assume/presume/expect/require .. knowledge/experience/expertise/familiarity | =no .. prior/background/technical/specialist .. knowledge/experience/expertise/background | so that a/any/anyone/an? .. child/beginner/anyone/novice/layperson/grandmother/kid .. understand/follow/get | as if .. @user .. know nothing"
     " | explain/define/introduce/cover .. basic/fundamental/basics/acronym | explain/define/introduce every/each/all/any .. term/concept/acronym/abbreviation | knows nothing about | new to the .. topic/subject/field/area | eli5 | gear/aim/pitch/target/tailor ... to/towards/at/toward .. beginner/layperson/laypeople/novice/newcomer/everyone | explain .. from scratch | like .. be .. five/ten | address .. beginner/novice/layperson/laypeople/newcomer | as .. to a/an .. child/beginner/novice/layperson | that a/an? .. beginner/novice/child/layperson/newcomer .. follow/understand | at the level of a/an? .. beginner/child/novice/layperson"
     " | =someone/anyone/person/reader/user with/without no? .. background/knowledge/experience/training/clue | explain/talk/write/speak ... to/for a/an .. year old | complete/absolute/total beginner/novice | =no/without any? prior/previous/advance/special? .. knowledge/experience/background/expertise/training | =know nothing | laypeople/layperson/layman"),
    ("audience", "is", "expert",
     "=assume/presume/expect .. advance/advanced/deep/solid/strong/expert/professional/thorough/good .. knowledge/background/expertise | =leave .. term/basic/basics/concept .. undefined/unexplained | =leave out/off .. basic/elementary .. explanation | write/explain/speak/pitch/aim/answer ... for/to/at a/an? .. expert/specialist/engineer/professional/practitioner/scientist/researcher/peer/developer | reader/audience/user .. be a/an? .. expert/specialist/engineer/professional/practitioner/scientist/researcher/developer"
     " | reader/audience/user/they .. have .. deep/strong/solid/advanced/extensive/expert/thorough .. knowledge/experience/expertise/background/understanding | =skip/omit/leave/avoid/bypass .. basic/basics/fundamental/introduction/definition/background"
     " | =not .. explain/define/cover/introduce .. basic/basics/fundamental/elementary/acronym/concept/term | gear/aim/pitch/target/tailor ... to/towards/at/toward .. specialist/expert/professional/engineer | assume/presume .. expertise/familiarity/fluency | presume .. expert | presume .. knowledge | know .. inside out | assume .. familiar .. with | =no need to .. define/explain .. term/basics/concept"
     " | reader/audience/user .. know .. field/subject/domain/basics/topic/terminology .. | as .. to a/an .. expert/colleague/peer/engineer | at the level of a/an? .. expert/specialist/professional | address .. expert/specialist/professional"),
    ("jargon", "absent", "",
     "plain/simple/everyday/ordinary/easy .. word/language/english/vocabulary/term | in layman/lay term | plainly worded | =no .. technical term/jargon/language/vocabulary/word | simple to understand"),
    ("jargon", "present", "",
     "technical/professional/specialist/domain/industry/field/scientific .. terminology/jargon/vocabulary/nomenclature | precise/exact .. terminology/vocabulary | technical term/vocabulary/language | jargon | term of art | own .. vocabulary/terminology/jargon/lingo"),
    ("any-list", "present", "",
     ", not list | a/an/any/no/as/in/into/make/use/avoid/without .. list | itemized/itemised list | list format/form | itemize | avoid/use/no list | ^list .. be .. forbid/ban/prohibit/allow/avoid/permit/welcome"),
    ("codeblock", "present", "",
     "code example/sample/listing/fragment/block/snippet | sample/source/program/example code | @show/write/output/produce/generate/post/print/use/return/put any/the/your/some? code | snippet | ^code .. appear | ^code .. be .. forbid/ban/prohibit/omit/allow/require"),
    ("explanation", "present", "",
     "@show .. explanation/justification/rationale/commentary | no .. explanation/commentary/justification | without .. explanation/commentary/justification | ^explanation .. be .. require/mandatory/forbid/omit/unnecessary"),
    ("explanation", "absent", "", "=skip/omit/drop/avoid .. explanation/commentary/justification | =leave .. explanation/commentary/justification .. out | =leave out .. explanation/commentary/justification"),
    ("title", "present", "", "title .. be .. wrap/enclose/surround/put | wrap/enclose/surround .. title | title .. wrap/enclose in | give .. a/an .. title | @begin .. with a/an? .. title | title at the top | no .. title"),
    ("link", "present", "", "link to .. | add/include/provide/give/insert/share/post .. link/url/hyperlink | clickable link"),
    ("apology", "present", "", "apologize/apologise .. | apology | say .. sorry | express .. regret"),
    ("closing", "present", "", "sign off .. | closing .. remark/line/phrase/sentence/word/statement/formula/greeting/message | close/closing .. with a/an .. wish/remark/line/greeting/farewell | @end .. with a/an/any? .. pleasantry/wish/farewell/goodbye/greeting/courtesy/thank | wish .. a .. day/evening/weekend | say goodbye | parting word/line/remark"),
    ("closing", "present", "", "^sign .. message/reply/email/letter/answer/response/note | include/add/write/use/leave/omit/skip .. signature | no/without signature | skip/omit/drop/no/without the? closing | skip/omit/drop/add/include/write a/an/the/any closing"),
    ("greeting", "present", "", "^welcome .. @user"),
    ("disclaimer", "present", "", "^@tell/warn/clarify ... that ... not/no .. legal/medical/financial/professional/investment/tax advice | ^@tell/warn/clarify ... not/no .. legal/medical/financial/professional/investment/tax advice | ^@tell/warn/clarify ... you be not a/an .. doctor/lawyer/attorney/physician/advisor/professional/therapist/accountant"),
    ("claim-human", "present", "", "pretend/claim/act/pose ... human/person | say .. you be a? human/person | pass for/as a? human | identify yourself as a? human/person"),
    ("history", "present", "", "use/consider/remember/recall/reference/take/mention/consult/rely .. conversation/chat/dialogue history | refer .. back? .. earlier/previous/prior/past message/turn/conversation/exchange | remember/recall .. earlier/previous/prior/past message/turn/conversation/exchange"),
    ("history", "absent", "", "^ignore/disregard/forget .. conversation/chat/dialogue history | ^ignore/disregard/forget .. earlier/previous/prior/past message/turn/conversation/exchange"),
    ("solution-given", "present", "", "@show .. final/full/complete/whole/entire/correct/actual/finished/direct answer/solution | ^reveal/give/tell/disclose .. the solution | never the .. solution | not the .. solution | give away the answer/solution | @show .. answer/solution to the exercise/problem/task/puzzle/homework/assignment/quiz"),
    ("explanation", "present", "", "^explain .. code/snippet/command/query/script | ^explain .. your code"),
    ("explanation", "absent", "", "=only/just/solely output/return/write/provide/produce/give/print/emit .. code | =output/return/write/provide/produce/give/print/emit only/just/solely .. code | =nothing but .. code | =code only"),
    ("code-comments", "present", "", "comment .. code/function/line/method/class | code .. without comment | code .. with comment | code with no comment | code free of comment | comment your code | code with .. comment | ^comment every/each/all .. function/line/method/class"),
    ("ask", "present", "", "@end by ask | @end by .. ask .. @user"),
    ("language", "is", "the user's language",
     "language .. of the @user | @user .. language | language .. @user .. write/use/speak/message/ask/communicate | same language .. as | language .. the? .. question/message/request/conversation/query | in whatever/whichever language | language .. in which .. @user"
     " | match/mirror/follow .. language"),
)  # fmt: skip


class Frame(NamedTuple):
    """One compiled pattern."""

    attribute: str
    operator: str
    value: str
    source: str  # a regular expression over lemmas, compiled when first needed
    anchor: str  # first, last or none
    needs: tuple[frozenset[str], ...]  # one of these lemmas must occur


class Match(NamedTuple):
    """A frame found at tokens [start, end)."""

    attribute: str
    operator: str
    value: str
    start: int
    end: int
    anchor: int | None
    gaps: frozenset[int] = frozenset()  # tokens that the pattern skipped


def _word(part: str) -> str:
    """The alternatives of one pattern word as a regular expression."""
    names: list[str] = []
    for name in part.split("/"):
        names += CLASSES[name[1:]].split() if name.startswith("@") else [name]
    forms = dict.fromkeys(f for n in names for f in (lemma(n), n))
    return "(?:" + "|".join(r"\x01\d+\x02" if f == "\x01" else re.escape(f) for f in forms) + ")"


def _compile(pattern: str) -> tuple[str, str, tuple[frozenset[str], ...]]:
    """The regular expression of a pattern, its anchor, and for each of its words that must be there the alternatives."""
    anchor = {"^": "first", "=": "none"}.get(pattern[0], "last")
    out, needs = "", []
    for part in pattern.lstrip("^=").split():
        if part in ("..", "..."):
            out += r"((?: (?![,;:])\S+){0," + ("3" if part == ".." else "6") + "}?)"
        elif part.endswith("?"):
            out += f"(?: {_word(part[:-1])})?"
        else:
            alternatives = _word(part)
            if r"\x01" not in alternatives:
                needs.append(frozenset(x.replace("\\", "") for x in alternatives[3:-1].split("|")))
            out += f" {alternatives}"
    return out + r"(?= |$)", anchor, tuple(needs)


@cache
def frames() -> tuple[Frame, ...]:
    """All frames, their expressions not yet compiled: most prompts need few of them."""
    out = []
    for attribute, operator, value, patterns in _FRAMES:
        for pattern in filter(None, (p.strip() for p in patterns.split("|"))):
            source, anchor, needs = _compile(pattern)
            out.append(Frame(attribute, operator, value, source, anchor, needs))
    return tuple(out)


@cache
def _regex(source: str) -> re.Pattern[str]:
    return re.compile(source)


COMMON = word_set("a an the you your be of to in with for it what not no i do have any all every each")


@cache
def _by_rarest() -> dict[str, tuple[int, ...]]:
    table: dict[str, list[int]] = {}
    for k, f in enumerate(frames()):
        rarest = min(f.needs, key=lambda need: (not need.isdisjoint(COMMON), len(need)), default=("",))
        for h in rarest:
            table.setdefault(h, []).append(k)
    return {h: tuple(ks) for h, ks in table.items()}


def frame_matches(lemmas: list[str]) -> list[Match]:
    """Every frame found in a clause, the longest match of an attribute's value once."""
    table = _by_rarest()
    wanted = sorted({k for lem in ("", *lemmas) for k in table.get(lem, ())})
    if not wanted:
        return []
    text = "".join(f" {lem.replace(' ', '_')}" for lem in lemmas)
    present = set(text.split())
    found: dict[tuple[str, str, str], Match] = {}
    for k in wanted:
        f = frames()[k]
        if any(present.isdisjoint(need) for need in f.needs):
            continue
        m = _regex(f.source).search(text)
        if m is None:
            continue
        start, end = text.count(" ", 0, m.start() + 1) - 1, text.count(" ", 0, m.end())
        anchor = {"first": start, "last": end - 1, "none": None}[f.anchor]
        gaps = frozenset(
            k for g in range(1, (m.re.groups or 0) + 1) if m.start(g) < m.end(g)
            for k in range(text.count(" ", 0, m.start(g) + 1) - 1, text.count(" ", 0, m.end(g)))
        )  # fmt: skip
        match = Match(f.attribute, f.operator, f.value, start, end, anchor, gaps)
        old = found.get(match[:3])
        if old is None or (match.end - match.start, -match.start) > (old.end - old.start, -old.start):
            found[match[:3]] = match
    return list(found.values())


@cache
def vocabulary(attribute: str) -> frozenset[str]:
    """Every word that some wording of an attribute uses: none of them narrows it."""
    out: set[str] = set()
    for name, _, _, patterns in _FRAMES:
        if name == attribute:
            for part in re.findall(r"[@\w'-]+", patterns):
                out |= set(CLASSES[part[1:]].split()) if part.startswith("@") else {part}
    return frozenset(lemma(w) for w in out) | frozenset(out)
