r"""Results told in fluent chat prose, one derived number each: capacity, networks, physics, dilutions, statistics, finance, energy, dosing.

Every text stands twice, wrong and right: `§` is the place of the one planted error.
"""
# fmt: off

from tests.check.verify.collecting import Answers

ITEMS = Answers()
twin, ok = ITEMS.twin, ITEMS.ok

twin("ops", "Your service handles about 1,200 requests per second at peak, and one pod comfortably takes 150 of them, so you'll want § pods before adding any headroom.", "10", "8")
twin("ops", "Each log line is roughly 400 bytes and you write 5,000 lines a second, which works out to § MB every second.", "20", "2")
twin("ops", "A nightly dump of 90 GB kept for 14 days needs § TB of storage.", "1.46", "1.26")
twin("ops", "With three replicas of every 2 TB shard and 12 shards, the cluster stores § TB in total.", "84", "72")
twin("ops", "The queue grows by 30 messages a second while the consumer is down; after a 20-minute outage you'll find § messages waiting.", "36,600", "36,000")
twin("net", "A 1,500-byte packet is 12,000 bits, so on a 10 Mbit/s link it occupies the wire for § ms.", "12", "1.2")
twin("net", "A /26 gives you 64 addresses. Take away the network and broadcast addresses and § are usable.", "61", "62")
twin("net", "The round trip is 80 ms and the window is 64 KB, so throughput tops out at 64 KB / 0.08 s, i.e. about § KB/s.", "80", "800")
twin("phys", "The crate starts from rest and picks up 3 m/s every second. After 4 seconds it's moving at § m/s.", "9", "12")
twin("phys", "You push with 50 N over a distance of 6 m, which means you've done § J of work.", "350", "300")
twin("phys", "The cart covers 90 metres in the first 15 seconds – that's an average speed of § m/s.", "7", "6")
twin("lab", "You need 250 mL at 0.2 M, which is § mol of solute.", "0.5", "0.05")
twin("lab", "Mix one part stock with nine parts water. For 500 mL of working solution that means § mL of stock.", "55", "50")
twin("lab", "The pellet weighs 45 mg and we resuspend it in 3 mL, so the suspension contains § mg per mL.", "18", "15")
twin("stat", "The sample has 64 observations and a standard deviation of 12, so the standard error is 12/8, or §.", "1.6", "1.5")
twin("stat", "Of the 800 people surveyed 340 said yes, so the sample proportion comes out at §.", "0.452", "0.425")
twin("stat", "The five scores add up to 410, hence a mean of §.", "84", "82")
twin("fin", "You put aside $350 a month, so over two years you'd have saved § before interest.", "$8,200", "$8,400")
twin("fin", "She bought 40 shares at $25 and sold them at $31, pocketing a gain of § before fees.", "$260", "$240")
twin("fin", "A bond with a face value of $1,000 and a coupon of 4.5 % pays § a year.", "$54", "$45")
twin("elec", "Three identical LEDs drop 2.1 V each, i.e. § V together, leaving the rest of the 12 V to the resistor.", "6.6", "6.3")
twin("elec", "A 10,000 mAh power bank at 3.7 V holds roughly § Wh.", "27", "37")
twin("geom", "The garden is 15 m long and 8 m wide, so you need § m of fence to go all the way round.", "36", "46")
twin("plan", "The backlog holds 84 points and the team closes 14 points a sprint, so you should be through in § sprints.", "7", "6")
twin("plan", "Two developers at 30 hours a week for 5 weeks give you § hours of capacity.", "350", "300")
twin("ml", "Training ran for 36 hours on 8 GPUs, that is § GPU-hours; at $2 per GPU-hour the bill is $576.", "278", "288")
twin("ml", "The dataset has 60,000 images; with a batch size of 128 an epoch takes § steps.", "459", "469")
twin("energy", "A 9 W bulb burning 5 hours a day uses 45 Wh daily, so over a 30-day month that's § kWh.", "1.53", "1.35")
twin("energy", "Running the 2 kW heater for 3 hours at $0.30 per kWh costs you §.", "$2.10", "$1.80")
twin("dose", "The child weighs 18 kg and the dose is 15 mg/kg, so give § mg per dose.", "240", "270")
