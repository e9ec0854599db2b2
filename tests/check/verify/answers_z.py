r"""A fourth set of results told in chat prose, written after the mending on the three before, with sound ones that lead elsewhere.

Every text of a pair stands twice, wrong and right: `§` is the place of the one planted error.
"""
# fmt: off

from tests.check.verify.collecting import Answers

ITEMS = Answers()
twin, ok = ITEMS.twin, ITEMS.ok

twin("ops", "Your Kafka topic takes in 20 MB per second and retention is 2 hours, so one broker ends up holding § GB.", "134", "144")
twin("ops", "A single worker gets through 45 jobs an hour; with 8 of them running you clear § jobs an hour.", "380", "360")
twin("ops", "The batch has 18,000 records and the API accepts 500 per call – that's § calls.", "38", "36")
twin("net", "Each video call needs 3 Mbit/s, so a 60 Mbit/s line carries § of them at once.", "25", "20")
twin("net", "You transferred 5.4 GB in 90 seconds, or § MB every second on average.", "65", "60")
twin("phys", "The runner does 400 m in 50 s, which works out to § m/s.", "9", "8")
twin("phys", "If the bulb draws 0.5 A from a 230 V outlet, it's burning § W.", "125", "115")
twin("phys", "A force of 45 N acting on 9 kg gives it an acceleration of § m/s².", "6", "5")
twin("lab", "Six plates with 24 wells each come to § wells.", "154", "144")
twin("lab", "To get 0.3 mol out of a 1.5 M solution, pipette § mL.", "250", "200")
twin("stat", "38 of the 50 plants survived; the survival rate is therefore §.", "78 %", "76 %")
twin("stat", "The readings were 12, 15, 11 and 18, for a mean of §.", "15", "14")
twin("fin", "The subscription is $9 a month. Paying for three years upfront would set you back §.", "$342", "$324")
twin("fin", "You bought at $40 and it trades at $46 now, so you're up §.", "12 %", "15 %")
twin("fin", "Revenue of $90,000 less costs of $62,000 leaves a profit of §.", "$38,000", "$28,000")
twin("geom", "The field measures 120 m by 75 m, giving an area of § m².", "9,500", "9,000")
twin("plan", "We have 240 test cases, and a tester manages 30 a day, so one person is busy for § days.", "9", "8")
twin("ml", "With 80,000 samples and batches of 64, one epoch is § steps.", "1,350", "1,250")
twin("energy", "The panel makes 300 W for 6 hours, in other words § kWh a day.", "1.6", "1.8")
twin("dose", "The syrup contains 25 mg per mL, so a 150 mg dose corresponds to § mL.", "5", "6")

ok("sound", "We bought 20 licences at $15 and cancelled 4, so this month's bill is $240.")
ok("sound", "The bus holds 50 people and 3 buses came, so 140 guests had room to spare.")
ok("sound", "It rained 12 mm on Monday and 8 mm on Tuesday, so the gauge, emptied on Monday night, shows 8 mm.")
ok("sound", "A 20 kg sack lasts 30 days, so with the second dog it was gone after 18 days.")
ok("sound", "Our plan covers 500 GB and you used 620 GB, so you pay for 120 GB extra, which is $12.")
ok("sound", "The 2 pumps deliver 40 L/min each, so the 1,200 L tank is full in 15 minutes.")
ok("sound", "With 12 V and two 6 Ω resistors in parallel the source supplies 4 A.")
ok("sound", "The course has 10 lessons of 45 minutes, so with homework you spend about 12 hours on it.")
ok("sound", "A recipe for 4 people needs 300 g of rice, so for 6 people take 450 g.")
ok("sound", "The phone dropped from 100 % to 64 % in 3 hours, so it loses 12 points an hour.")
