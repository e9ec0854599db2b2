# ruff: noqa: E501 (patterns and tables read better whole)
"""The words the audit knows, by what they do in a rule.

A rule is recognised by its grammar (modality, mood, polarity), which lives in `grammar`; this
module only says which verbs act, on what, and what one violation would cost.  Words are
lemmas: `inflection` finds them in any form.
"""

from tidegate.check.constraints.auditing.inflection import Words


def _words(text: str) -> Words:
    return frozenset(w.replace("_", " ") for w in text.split())


# Verbs a prompt tells a model to do or not to do (base forms).  Used to see an imperative.
VERBS: Words = _words("""
abide abort accept access acknowledge act activate adapt add address adhere adjust administer admit adopt advertise
advise affirm aim alert allow alter analyse analyze anonymise anonymize answer apologise apologize append apply approve
archive argue ask assess assign assist assume attach attempt audit authenticate authorise authorize automate avoid await
back backup ban base be begin bill block book borrow break bring browse build buy bypass calculate call cancel capitalise
capitalize capture care carry cease censor change charge chat check choose cite claim clarify classify clear click clone
close collect combine comment commit communicate compare compensate complain complete comply compose compress compute
conceal conclude conduct confine confirm connect consider consult contact contain continue contradict contribute convert
convey copy correct count cover create credit criticise criticize cut deactivate debit debug decide declare decline decode
decrypt deduct defend defer define delay delegate delete deliver demand demonstrate deny deploy describe destroy detail
detect determine diagnose direct disable discard disclose disconnect discount discourage discriminate discuss dismiss
dispatch dispense display dispose disregard distribute divulge do document double download draft draw drop dump duplicate
echo edit elaborate email embed emphasise emphasize employ enable encode encourage encrypt end endorse enforce engage
enrol enroll ensure enter entertain enumerate erase escalate estimate evaluate exaggerate exceed exchange exclude execute
exercise exfiltrate expand expect explain explore export expose express extend extract fabricate fail favour favor fetch
file fill filter find finish fix flag flush focus follow force forecast forget format forward free fulfil fulfill gather
generate get give go grant greet group guarantee guard guess guide halt hand handle harass have help hide highlight hint
hold honor honour host identify ignore illustrate impersonate implement imply import impose improve include incorporate
increase indicate infer inform initiate inject insert inspect install instruct insult interact interpret interrupt introduce
invent investigate invite invoice invoke issue join judge justify keep kill label launch leak learn leave lecture lend let
liaise lie limit link list listen load locate lock log look lower mail maintain make manage mark mask match maximise maximize
measure mention merge message migrate mimic minimise minimize mirror mislead mock modify monitor mount move name navigate
negotiate notify obey obfuscate obscure observe obtain offer omit open operate opt order organise organize output override
overwrite page paraphrase park parse participate pass paste pause pay perform permit persist persuade phrase pick pin place
plan play plot point post postpone practice practise predict prefer prefix prepare prescribe present preserve press pretend
prevent print prioritise prioritize proceed process produce prohibit promise promote prompt pronounce propose protect prove
provide publish pull purchase purge push put query question quote raise rank rate re-check reach react read reassure reboot
rebook recall receive recite recommend record redact redeem redirect reduce refer reference reflect refrain refresh refund
refuse regenerate register reimburse reiterate reject relay release rely remain remember remind remove rename render renew
repeat rephrase replace reply report reproduce request require reschedule reset resist resolve respect respond restart
restate restore restrict resubmit retain retrieve retry return reveal reverse revert review revise revoke rewrite roll
rotate round route run sanitise sanitize save say scan schedule scrape scrub search seek select sell send separate serve
set settle share ship shorten show shut sign simplify skip solicit solve sort speak specify speculate spell spend split
stall start state stay steer step stick stop store stream structure submit subscribe substitute suggest summarise summarize
supply support suppress surface suspend swear switch tag tailor take talk target teach tell terminate test text thank think
throttle tip touch trace track trade train transcribe transfer transition translate transmit transport treat trigger trim
truncate trust try turn type undertake undo uninstall unlock unmask unsubscribe update upgrade upload upsell urge use
utilise utilize validate verify view violate visit volunteer vote vouch waive wait walk warn watch weigh welcome whitelist
wipe wire withdraw withhold word work wrap write yell zip
sound abbreviate abstain accelerate amend annotate appeal assure await back-date calm cap cater circulate coach coerce
collate command compile condense confer consent contest converse curse dictate diminish disarm disparage dispute
dose enquire entice evacuate excuse explicate fax flatter flirt foster furnish gossip gush halve hedge hang hire
hospitalise ingest inquire interrogate itemise itemize jailbreak joke lease level liquidate loan manipulate moderate nag
nudge number nominate outsource overcharge overpromise pad patronise patronize peek ping plagiarise plagiarize preface
prepend probe profile provision quit ramble recap reconcile recruit rent reorder reprint respond retell sedate sequence
shame shift shout side silence sketch smile snoop specialise specialize spoil stereotype stigmatise strip stuff sum
swap tabulate tease threaten ticket title tone triage underline unpack vary veto vet void wander whisper yield
""")  # fmt: skip

# Base forms that are as often nouns or adjectives: at the start of a sentence they need a look at what follows.
NOUN_VERBS: Words = _words("""
access act address aim alert answer attempt audit back backup ban base bill block book break call care cause change charge
chat check claim clear click clone close comment commit complete contact copy correct count cover credit cut debit default
delay demand deposit detail direct discount display document double draft drop dump edit email end estimate exchange exercise
export file fill filter finish fix flag focus force forecast format free function group guarantee guard guide hand handle
help hint hold host import increase initiate input invoice issue joke judge key label launch lead leak lease lie limit link
list load loan lock log look mail mark mask match measure message mirror mock monitor move name notice number offer open
order output page park pass pause pay permit pin place plan play plot point post present press process produce profile
prompt purchase push query question quote rank rate reach record reference refund register release remark rent reply report
request reserve reset rest restart result return reverse review roll root round route run sample save scan schedule score
scrape search separate service set share shift ship show sign sort split stage start state step stop store stream structure
subject supply support surface switch tag talk target test text thank ticket time tip title tone total touch trace track
trade train transfer transport treat trial trigger trust turn type update upgrade upload use value view visit voice volume
vote wait walk warrant watch welcome wire withdraw word work wrap write zip
""")  # fmt: skip

# Words that may open an English clause and are never an imperative.
NOT_VERBS: Words = _words("""
the a an this that these those each every all any some no none both either neither most many much few several another other
such what which who whom whose where when why how it its he she they we i you your our my his her their there here one two
three four five six seven eight nine ten and or but nor so yet if unless because since although though while whereas as
until till after before once whenever wherever whether than then thus hence therefore however moreover furthermore
additionally also otherwise instead meanwhile nevertheless nonetheless still even just only not never always often usually
sometimes rarely generally typically normally currently recently previously historically today yesterday tomorrow now later
soon in on at by for from of off with within without into onto over under about above below between among through during
against across along around behind beside beyond despite except inside like near outside per regarding since than toward
towards up upon via versus yes no ok okay hello hi dear thanks sorry according based given depending due
customers customer users user agents agent employees employee orders flights refunds products members people data information
""")  # fmt: skip

# Who a rule is addressed to when it is not "you".
AGENTS: Words = _words("""
you assistant agent bot chatbot model ai system advisor adviser representative rep operator employee staff associate team
member members clerk concierge copilot tutor teacher nurse clinician doctor pharmacist analyst reviewer moderator manager
supervisor admin administrator engineer developer cashier teller broker planner worker workers employees agents assistants
bots models personnel officer officers underwriter librarian receptionist dispatcher trader caseworker volunteer volunteers
anyone nobody everyone no_one everybody we contractor contractors technician technicians pilot driver instructor consultant
tool tools function functions script scripts pipeline job service llm gpt claude
""")  # fmt: skip

# Verbs that describe a state of the world rather than an act somebody can be told to do or not.
STATIVE: Words = _words("""
appear arrive be become belong come consist contain cost depend differ exist expire fail fall feel find fit get happen
have hear hope include know lack last lead look matter mean occur own possess receive reflect remain return resemble result
see seem sound take tend understand vary want work wonder exceed encounter experience notice expect enjoy love like need
apply reach run load match differ improve increase decrease rise drop suffice help
""")  # fmt: skip

# --- what one violation costs -------------------------------------------------------------------------------------

# Saying or handing over: with a protected object it is disclosure.
TELL: Words = _words("""
reveal disclose share expose leak divulge publish mention tell show print repeat output display quote provide give release
post confirm email forward send include log transmit discuss pass hand read recite echo state say reproduce dump export
exfiltrate paste relay surface communicate broadcast circulate hint volunteer supply furnish upload text convey betray
acknowledge write report present copy list name spell return describe store record translate summarise summarize encode
paraphrase deny discuss collect ask request retain keep save include put embed attach message publicise publicize
""")  # fmt: skip
LEAKS: Words = _words(
    "reveal disclose expose leak divulge exfiltrate betray publicise publicize unmask doxx dox deanonymise"
)
HIDES: Words = _words("""
redact mask anonymise anonymize pseudonymise pseudonymize conceal hide obfuscate obscure scrub censor encrypt withhold
sanitise sanitize protect tokenise tokenize truncate guard safeguard strip blank
""")  # fmt: skip

PROTECTED_STRONG: Words = _words("""
password passcode passphrase pin credential credentials secret secrets api_key api_keys private_key access_key access_token
key keys token tokens ssn social_security passport driver's_license driving_licence licence_number card_number cvv cvc iban
account_number routing_number sort_code pii phi personal_data personal_information personal_details personally_identifiable
identifiable medical_record medical_records health_record health_records patient_data patient_record patient_records
patient_information patient_name patient_names customer_data customer_information customer_details customer_record
customer_records user_data user_information client_data client_information client_name client_names client_list
employee_data employee_records student_record student_records student_data grade grades salary salaries payroll
compensation_data home_address email_address email_addresses phone_number phone_numbers mobile_number birthdate
date_of_birth birthday diagnosis diagnoses test_result test_results test_results lab_result lab_results system_prompt
system_message these_instructions your_instructions instructions instruction prompt guidelines hidden_prompt source_code
codeword code_word secret_word confidential confidentiality proprietary nonpublic non-public trade_secret trade_secrets
classified embargoed unreleased internal_document internal_documents internal_notes internal_information internal_data
internal_url internal_urls internal_emails internal_tools internal_systems internal_pricing sensitive private privacy identity
identities whereabouts biometric fingerprint chat_history conversation_history conversation_log transcript transcripts
personnel_file personnel_files third_party_data environment_variable environment_variables connection_string hostnames
ip_address ip_addresses chain-of-thought backup_codes one-time_code otp security_answer security_question security_questions
tax_id tax_number national_insurance insurance_number membership_number case_file case_files home_addresses home_phone
informant informants witness_names donor_names donor_list guest_list merger acquisition_plans unannounced roadmap
""")  # fmt: skip
PROTECTED_WEAK: Words = _words("""
data information details record records account accounts address addresses name names email emails phone number numbers
profile profiles file files document documents history location balance balances income age medical health database
contact contacts personal internal report reports note notes code transcript purchase_history credit_score schedule
room_number tracking_number employer configuration config prices_of_other list
""")  # fmt: skip

MONEY_ACT: Words = _words("""
refund charge pay reimburse discount bill invoice wire purchase buy compensate waive spend debit deposit withdraw trade
upsell redeem lend loan overcharge tip prepay repay credit transfer sell order bid invest liquidate donate settle payout
""")  # fmt: skip
MONEY_NOUN: Words = _words("""
refund refunds payment payments money fund funds cash price prices pricing fee fees discount discounts coupon coupons voucher
vouchers gift_card gift_cards certificate certificates compensation budget budgets invoice invoices transaction transactions
loan loans mortgage credit_card credit_cards deposit deposits wire_transfer wire_transfers bank_transfer bank_transfers
transfer_of_funds store_credit payout payouts reimbursement reimbursements expense expenses purchase purchases charge charges
bill bills billing subscription_fee surcharge tip tips dollar dollars euro euros usd eur gbp pounds cents cost costs spend
spending payment_method goodwill_credit credits rebate rebates cashback chargeback chargebacks escrow wallet crypto bitcoin
trade trades stock_order stock_orders salary_advance per_diem quote quotes price_match commission commissions bonus bonuses
bet bets wager fare fares purchase_order purchase_orders payable payables settlement late_fee late_fees rent grant_money
transfers debit card_payment promo promotion_code promo_code promo_codes advance overdraft premium premiums interest_rate
price_adjustment monetary free_of_charge upgrade upgrades spend_limit ad_spend $ € £
""")  # fmt: skip

DELETE_ACT: Words = _words("""
delete erase wipe purge truncate overwrite destroy discard uninstall drop remove unlink shred decommission deprovision
undo revert format terminate clear cancel rollback expunge shut kill archive prune flush void trash
""")  # fmt: skip
DELETE_STRONG: Words = _words(
    "delete erase wipe purge truncate overwrite destroy shred uninstall expunge unlink discard trash"
)
DELETE_NOUN: Words = _words("""
file files record records table tables database databases row rows bucket buckets backup backups branch branches volume
volumes account accounts data email emails message messages repository repositories repo directory folder folders instance
instances cluster clusters index indexes event events order orders reservation reservations booking bookings appointment
appointments subscription subscriptions log logs history document documents production prod server servers snapshot
snapshots migration migrations user users customer entry entries calendar ticket tickets queue queues disk partition
namespace namespaces resource resources vm vms secret photo photos recording recordings image images draft drafts shipment
flight flights dataset datasets schema schemas environment environments deployment deployments artifact artifacts object
objects contact contacts policy policies ledger disks deletion erasure destructive irreversible main master commits commit
""")  # fmt: skip

ACCESS_ACT: Words = _words("""
access authenticate authorise authorize grant permit unlock impersonate bypass login elevate escalate override enrol enroll
invite provision whitelist allowlist sudo revoke unblock open enter view read query retrieve lookup browse modify change
update edit connect mount execute run approve assign promote install share add create deploy publish merge push look
disable enable use verify validate
""")  # fmt: skip
ACCESS_STRONG: Words = _words("""
authenticate authorise authorize impersonate elevate sudo allowlist whitelist deprovision login unlock
""")
ACCESS_NOUN: Words = _words("""
access permission permissions privilege privileges role roles admin_rights admin administrator root superuser credentials
identity authentication authorization authorisation authenticated unauthenticated unauthorized unauthorised authorized
authorised login logins password_reset mfa two-factor 2fa session sessions vpn firewall production_database production
prod_database restricted clearance security_group acl iam account_owner another_user another_user's another_customer
another_customer's other_users other_users' other_user's other_user other_customers other_customers' other_customer
other_accounts other_account someone_else someone_else's other_tenants other_tenant's another_tenant another_tenant's
another_patient's another_account another_account's identity_check verification_code security_settings access_rights
account_access read-only write_access guest_accounts owner ownership sandbox ssh shell filesystem
outside_the_workspace admin_panel admin_console admin_tools allow-list allowlist allowlisted whitelisted approved_domains
approved_tools internal_network external_url external_urls external_apis internet network server_room badge door doors
gate building lock locks identity_verification own_account own_orders own_records own_account's on_behalf_of security_check
production_systems unapproved permissions. unverified caller's_identity user's_identity customer's_identity user_identity
customer_identity patient's_identity caller_identity their_identity restricted_area
""")  # fmt: skip

LEGAL_STRONG: Words = _words("""
legal law laws illegal unlawful lawful regulation regulations regulatory gdpr hipaa ccpa ferpa coppa sox compliance
compliant copyright copyrighted trademark defamatory defame libel medical_advice legal_advice financial_advice investment_advice
tax_advice health_advice dosage dosages dose doses diagnosis diagnose diagnoses prescription prescriptions prescribe
medication medications drug drugs treatment treatments treatment_plan symptom symptoms self-harm suicide suicidal weapon
weapons explosive explosives bomb bombs firearm firearms ammunition minor minors child children underage sexual explicit_content
pornographic porn hate hateful racist sexist harass harassment discriminate discriminatory discrimination violence violent
violates dangerous hazard hazardous hazards toxic poison poisonous emergency emergencies 911 ambulance allergy allergies
allergen allergens contraindication contraindications safety unsafe liability liable lawsuit attorney lawyer contract
contracts contractual legally binding_commitment binding warranty guarantee guarantees guaranteed malware exploit exploits
phishing terrorism terrorist alcohol tobacco cannabis gambling crime criminal fraud fraudulent money_laundering sanctions
sanctioned insider_trading stock_picks biased bias stereotype stereotypes slur slurs protected_characteristics ethnicity
religion disability evacuate evacuation fire carbon_monoxide gas_leak injury injuries injured overdose pregnant pregnancy
pediatric infants seatbelt protective goggles helmet radiation high_voltage voltage flammable chemical chemicals harmful harm
threaten threat threats abuse abusive eating_disorder human_trafficking extremist consent disclaimer crisis hotline cyberattack
hacking hack surgery immigration_advice tax_evasion court election elections voting misinformation plagiarise plagiarize
plagiarism regulator auditor subpoena warrant doctor physician poisoning chest_pain overdoses narcotics
license_terms sue litigate litigation unconscious bleeding choking gas_leaks bodily safety-critical interlock interlocks patient_safety adverse_event adverse_events self_harm
""")  # fmt: skip

STYLE_STRONG: Words = _words("""
tone polite politely courteous courteously friendly friendliness warm warmly empathetic empathy empathetically professional
professionally formal formally informal casual casually concise concisely brief briefly succinct succinctly verbose short
emoji emojis emoticon emoticons bullet bullets bullet_point bullet_points markdown heading headings paragraph paragraphs
sentence sentences word words character characters greeting greetings greet sign-off signature jargon slang abbreviations
acronyms exclamation exclamation_marks all_caps uppercase lowercase capital capitals capitalise capitalize italics bold
grammar spelling punctuation oxford_comma voice active_voice passive_voice first_person second_person third_person
british_english american_english english french spanish german italian portuguese japanese chinese language plain_language
format formatting formatted json xml yaml html csv table_format numbered_list list_format code_block code_blocks snake_case
camelcase indentation docstring docstrings cheerful upbeat enthusiastic humour humor joke jokes witty sarcasm sarcastic
puns pun metaphors cliches cliché filler clear clearly readable simple simply style stylistic persona brand_voice playful
conversational natural neutral objective patient patiently respectful respectfully kind kindly calm calmly helpful
supportive encouraging rude condescending apologetic apologise apologize thank smile metric_units imperial_units iso_8601
24-hour date_format title_case headline hashtags hashtag adjectives adverbs contractions ellipses semicolons em_dashes
rhyme haiku step_by_step step-by-step numbered decimal decimals rounding citations_style font colour color layout length
lengthy terse wordy repetitive repetition rambling preamble flowery elaborate summary tl;dr bulleted nickname honorific
by_name first_name last_name salutation closing_line opinion opinions subjective chatty robotic vocabulary idioms
pronouns spell_out out_numbers gender-neutral readability comma commas semicolon one-liners superlatives hype imperative_mood present_tense
line lines tokens_long sentence_case variable_names comments type_hints unit_tests whitespace tab tabs spaces
""")  # fmt: skip

# Form that a program can check exactly: such a style rule is enforceable.
CHECKABLE_FORM: Words = _words("""
json xml yaml html csv schema emoji emojis emoticon emoticons word words character characters sentence sentences bullet
bullets bullet_point bullet_points numbered_list code_block code_blocks markdown uppercase lowercase all_caps exclamation
exclamation_marks hashtag hashtags iso_8601 snake_case camelcase url urls link links lines line paragraph paragraphs
contractions semicolons semicolon ellipses em_dashes decimal decimals date_format heading headings item items tokens
disclaimer signature prefix suffix title_case sentence_case comma commas tabs
""")  # fmt: skip

# What a hard control can be put on even where the class is about law or safety: an act through a tool.
TOOL_ACTS: Words = _words("""
sell ship order book dispense prescribe operate open disable enable deploy execute run start stop activate deactivate
override bypass release dispatch administer sign submit file approve schedule call send transfer turn shut issue store
collect retain process export merge push install
""")  # fmt: skip

# Speaking about something is not doing it: no tool call to stop.
SPEECH: Words = _words("""
promise mention discuss speculate advertise suggest recommend imply talk comment advise explain describe encourage say
guess claim estimate predict debate criticise criticize opine endorse joke promote speak guarantee negotiate pressure lecture
""")  # fmt: skip

APPROVAL: Words = _words("""
confirm confirmation approval approve approved consent permission sign-off authorisation authorization explicit explicitly
confirmed signoff countersigned second_person_review four-eyes
""")  # fmt: skip
