import type { RoadSpec } from './spec.js';

/**
 * Washington Heights and Inwood, from general knowledge (subway stations, slopes), not from measurement: plausible, and
 * good to some 50 m. North of Dyckman Street the grid turns by 45 degrees to follow the valley.
 */
export const HEIGHTS: readonly RoadSpec[] = [
  [
    'Broadway',
    'avenue',
    0,
    [
      8830, -1525, 9640, -1560, 10400, -1700, 10800, -1760, 11600, -1890, 12250, -1930, 12600, -1925, 13160,
      -1530, 13600, -1430, 13900, -1340,
    ],
  ],
  ['St. Nicholas Avenue', 'avenue', 0, [9070, -1195, 9640, -1530, 11700, -1535]],
  ['Amsterdam Avenue', 'avenue', 0, [9065, -1255, 11520, -1260]],
  ['Audubon Avenue', 'avenue', 0, [9500, -1395, 11520, -1395]],
  ['Wadsworth Avenue', 'avenue', 0, [10130, -1630, 11520, -1650]],
  [
    'Fort Washington Avenue',
    'avenue',
    0,
    [8990, -1640, 9700, -1720, 10330, -1870, 10825, -1975, 11450, -2065],
  ],
  ['Riverside Drive', 'avenue', 0, [8685, -1855, 9200, -1850, 9700, -1900, 10300, -2130, 10700, -2180]],
  ['Edgecombe Avenue', 'street', 0, [8905, -1070, 9145, -1040, 9470, -1095, 10100, -1120]],
  ['Fort George Hill', 'street', 0, [11700, -1535, 11950, -1440, 12190, -1535]],
  ['Dyckman Street', 'major', 0, [12970, -2270, 12600, -1925, 12190, -1535, 11790, -1130]],
  ['Nagle Avenue', 'avenue', 0, [12250, -1930, 12190, -1535, 12870, -1263]],
  ['Post Avenue', 'street', 0, [12260, -1600, 12800, -1310]],
  ['Sherman Avenue', 'avenue', 0, [12360, -1705, 12940, -1330]],
  ['Vermilyea Avenue', 'street', 0, [12480, -1815, 13030, -1410]],
  ['Tenth Avenue', 'avenue', 0, [11940, -1290, 12870, -1263, 13750, -1265]],
  ['Ninth Avenue', 'street', 0, [12350, -1060, 13400, -1060]],
  ['Academy Street', 'street', 0, [12740, -1830, 12380, -1475]],
  ['West 204th Street', 'street', 0, [12960, -1675, 12620, -1350]],
  ['West 207th Street', 'major', 0, [13160, -1530, 12870, -1263, 12650, -1060]],
  ['Isham Street', 'street', 0, [13380, -1600, 13330, -1480, 13060, -1265]],
  ['West 211th Street', 'street', 0, [13430, -1470, 13230, -1265, 13080, -1060]],
  ['West 215th Street', 'street', 0, [13640, -1430, 13480, -1265, 13280, -1060]],
  ['West 218th Street', 'street', 0, [13960, -1650, 13860, -1360, 13690, -1265]],
];

/** Numbered streets beyond the measured ones: [street, u, west v, east v], linear between the anchors. */
export const HEIGHTS_ANCHORS: ReadonlyArray<readonly [number, number, number, number]> = [
  [158, 8908, -1850, -1070],
  [168, 9700, -1905, -1110],
  [172, 10036, -2040, -1120],
  [173, 10120, -2070, -1260],
  [180, 10707, -2280, -1260],
  [181, 10791, -2330, -1100],
  [182, 10864, -2100, -1260],
  [191, 11520, -2080, -1260],
];
