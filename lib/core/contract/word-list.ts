/**
 * The product's own 1,024 words for reading a digest aloud: distinct, common English nouns of four to eight letters. The first
 * four letters tell any two apart, no two differ by one letter, and none reads as a choice, a state or a thing on the page.
 * Frozen: changing a word or its place changes what every earlier digest is called.
 */
export const WORD_LIST: readonly string[] = `
abacus abbey academy acorn acrobat actor admiral airport airship album alcove alfalfa algebra
alley almanac almond alpaca alphabet amethyst amulet anchor angler animal ankle antelope anthem
anvil aphid apple apricot apron aquarium arcade archer arena armchair artist aspen asphalt
asteroid athlete atlas atrium attic aurora autumn avenue aviary avocado awning axle backpack bacon
badger bagel bagpipe bakery balcony ballad bamboo banana bandage banister banjo banner barber
barge baritone barley barnacle basin basket bassoon bathtub beagle beanbag bedroom beehive beetle
belfry bellhop bench beret biceps bicycle biology birthday biscuit bison blanket blazer blender
blimp blizzard blossom blouse bluebell bobcat bobsled bonfire bongo bonnet bookcase bottle bowling
boxer bracelet bramble brass breeze brick bridge brisket broccoli bronze brook brownie bubble
bucket buffalo bugle builder bulb bulldog bulrush bumper bundle bungalow burger burlap burrito
butter cabbage cabin cable cactus cadet cake calcium camel camper canal candle canoe canteen
canyon captain capybara caramel carbon cardigan cargo caribou carnival carousel carpet cascade
castle catfish cauldron cavern caviar celery cello cement ceramic chalk chamber chapel chariot
cheddar cheese cherry chess chicken chimney chipmunk chisel chive chowder cinema cinnamon citadel
citrus clam clarinet clasp cliff cloak clover clown coach coaster cobalt cobbler cobra cobweb
cocoa coffee collar comb comet comic compost concert condor confetti conifer cooker copper
corduroy cork cornet corridor cosmos costume cottage cougar cowboy coyote crab cracker cradle
crane crater cravat crayon crescent cricket crocus crouton crumb crust crystal cube cuckoo
cucumber cuff cupboard cupcake curtain cushion custard cutlery cyclone cylinder cypress daffodil
dahlia dairy dancer decanter denim dewdrop diamond digger dimple dinner diploma disco dogsled
dogwood dolphin dome domino donkey doormat dormouse downpour dragon drapery dresser driveway
drizzle drum duchess duck dugout dulcimer dumpling dune dustpan dynamo earmuff earring easel ebony
eclair eclipse eggplant elbow elephant elevator elixir embassy emerald enamel equator eraser
espresso estuary eyebrow eyelash fabric factory falcon family fanfare fang farmer faucet feast
feather fedora fence fennel fern ferret fiddle fiesta figurine finch finger firefly fishbowl fjord
flannel flask fleece flint flipper florist floss flute foam foghorn foliage football forest
fortress fossil fountain foxglove freckle fringe frog frost fruit fudge furnace gadget galaxy
gallery garage garden gargoyle garlic garment garnet gazebo gearbox gecko gemstone geranium gerbil
giant gibbon giraffe glacier glass glider glitter globe goat goblet goggle goldfish golf gondola
goose gopher gorge gosling gourd grape gravel griddle grocer grotto grove guava guitar gumball
gumdrop gymnast habitat hacksaw haddock hairpin halibut hallway hammer hamster harbor harmony
harness harp harvest hawk hawthorn hayloft haystack hazel headband heater hedge helium helmet
heron herring hexagon hibiscus hickory highway hiker hill hinge hippo hockey honey horizon
hospital hotel hound house hubcap hummus hunter hurdle husky hydrant hyena iceberg icicle igloo
iguana indigo insect inventor iris iron island ivory jacket jade jaguar jalapeno jasmine jasper
javelin jeans jelly jersey jester jetty jigsaw jogger journey joystick juggler juice jukebox
jungle juniper kale kangaroo karate kayak kazoo kelp kestrel ketchup kettle kidney kilt kimono
kiosk kitchen kite kitten kiwi knuckle koala lace lacrosse ladder ladle ladybug lagoon lamp
lantern lark lasagna lasso laundry laurel lavender lawn leaf leapfrog lemon lemur lentil leopard
lifeboat lilac lily limerick limpet linen lion lipstick lizard lobster locust lodge loft lollipop
lotion lotus lounge luggage lullaby lunch lung lyric macaroni mackerel magazine magma magnet
magpie mahogany mailbox mallet mammoth manatee mandolin mango mansion mantis maple marathon marble
marigold marsh mascot matador mattress meadow meatball meerkat melody merchant meringue mermaid
meteor metro midnight milk minibus minnow mirror mixer mocha molasses molecule mongoose monsoon
monument moon mosaic mosquito moss moth motor movie mudguard muffin mulberry mule mural museum
mushroom music muskrat mustang mutton mystery napkin narwhal nature nebula necklace nectar needle
neon nest noodle nougat nozzle nugget nutmeg nutshell nylon oasis oatmeal obelisk oboe ocean
octagon octopus olive omelet onion opal opera orbit orchard oregano origami ornament osprey
ostrich otter outpost oven oxcart oxygen oyster paddle pagoda painter pajamas palace palm pancake
panorama panther papaya paprika parade parcel parka parrot parsley pasta pathway patio pavement
peacock peanut pebble pecan pedestal pelican pencil penguin pepper perch perfume petunia phantom
pheasant piano piccolo pickle picnic piglet pigtail pilgrim pillar pinball pine pinwheel pirate
piston pitcher pizza plaster plaza pliers plume plywood pocket podium polka pollen poncho pond
popcorn porpoise porridge portrait possum postcard potato pottery pouch poultry powder prairie
prawn pretzel primrose prism prune pudding pulley puma pumpkin puppet puzzle pyramid quail quarry
queen quilt rabbit raccoon radar radio raft railway rainbow raisin ranch ranger rapids rattle
raven ravine recipe reef reindeer relish reptile resort rhino rhubarb rickshaw ripple river robin
robot rodeo roof rooster rope rosemary rowboat rubber rucksack rudder rugby rumba saffron sailor
salad salmon salsa salt sandal sapling sapphire sardine sash satchel satin saturn sauna sausage
savanna sawdust sawmill scallop scarf school scissors scooter sculptor seagull seahorse seaplane
seesaw sesame shadow shallot shamrock shark shawl sheep shelf shepherd shipyard shirt shoelace
shovel shrimp shrub shuttle sidewalk silo silver skate skeleton sketch skillet skunk skyline sled
sleeve slope sloth smile snail snake sneaker snorkel snout snow soap soccer soda soil sombrero
sonata songbird sorbet soybean spaniel sparrow spatula sphere spice spider spinach spiral sponge
spoon sprout spruce squash stadium stag stallion stapler starfish station steamer steeple stencil
stew stilts stirrup stocking stone storm strudel studio subway sugar summer sunbeam sundial
sunrise sunset surfer swamp swan sweater swing sycamore symphony syrup tabby tadpole talon tandem
tapestry tartan tassel taxi teabag teacher teapot teardrop teaspoon teddy temple tennis tent
terrace thatch thermos thimble thistle thorn thumb thunder tiara tiger tile timber tinfoil tinsel
titan toast toboggan tofu tomato toolshed topaz torch tornado tortoise toucan tower tractor
trapeze tray trellis triangle tricycle trifle trinket tripod trolley trombone trout trowel truck
truffle trumpet tuft tugboat tulip tumbler tuna tundra tunic tunnel turbine turnip turtle tuxedo
tweed twig twilight twine twister typhoon ukulele umbrella unicorn universe urchin utensil vacuum
valve vanilla vapor varnish vase velvet veranda village vineyard vinyl violet visor vista vitamin
vixen volcano voyage vulture wafer waffle waiter walkway wallaby walnut walrus waltz wardrobe
warthog washer wasp weaver wharf whisker wicker wildcat willow windmill winter wishbone wombat
woodland wool workshop wreath wrist yacht yard yodel yogurt zebra zenith zigzag zinc zipper
zucchini
`
  .trim()
  .split(/\s+/)
