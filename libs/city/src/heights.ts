import type { RoadSpec } from './spec.js';

/**
 * Washington Heights and Inwood, from general knowledge (subway stations, slopes): plausible, and accurate to about 50 m.
 * North of Dyckman Street the grid turns by 45 degrees to follow the valley.
 */
export const HEIGHTS: readonly RoadSpec[] = [
  [
    'Broadway',
    'avenue',
    0,
    [8840, -1520, 9640, -1560, 11600, -1880, 12600, -1920, 13160, -1540, 13900, -1340],
  ],
  ['St. Nicholas Avenue', 'avenue', 0, [9080, -1200, 9640, -1540, 11700, -1540]],
  ['Amsterdam Avenue', 'avenue', 0, [9060, -1250, 11520, -1260]],
  ['Audubon Avenue', 'avenue', 0, [9500, -1400, 11520, -1400]],
  ['Wadsworth Avenue', 'avenue', 0, [10130, -1640, 11520, -1640]],
  [
    'Fort Washington Avenue',
    'avenue',
    0,
    [9000, -1640, 9700, -1720, 10340, -1880, 10820, -1980, 11520, -2080],
  ],
  ['Riverside Drive', 'avenue', 0, [8660, -1860, 9700, -1900, 10300, -2140, 10700, -2180]],
  ['Edgecombe Avenue', 'street', 0, [8900, -1070, 9140, -1040, 9480, -1100, 10100, -1120]],
  ['Fort George Hill', 'street', 0, [11700, -1540, 11960, -1440, 12200, -1540]],
  ['Dyckman Street', 'major', 0, [12960, -2280, 12600, -1920, 12200, -1540, 11800, -1140]],
  ['Nagle Avenue', 'avenue', 0, [12260, -1900, 12200, -1540, 12860, -1260]],
  ['Post Avenue', 'street', 0, [12260, -1600, 12800, -1300]],
  ['Sherman Avenue', 'avenue', 0, [12360, -1700, 12940, -1340]],
  ['Vermilyea Avenue', 'street', 0, [12480, -1820, 13040, -1420]],
  ['Tenth Avenue', 'avenue', 0, [11940, -1280, 13760, -1260]],
  ['Ninth Avenue', 'street', 0, [12360, -1060, 13400, -1060]],
  ['Academy Street', 'street', 0, [12740, -1820, 12380, -1480]],
  ['West 204th Street', 'street', 0, [12960, -1680, 12620, -1360]],
  ['West 207th Street', 'major', 0, [13160, -1540, 12860, -1260, 12660, -1060]],
  ['Isham Street', 'street', 0, [13380, -1600, 13320, -1480, 13060, -1260]],
  ['West 211th Street', 'street', 0, [13440, -1480, 13080, -1060]],
  ['West 215th Street', 'street', 0, [13640, -1420, 13280, -1060]],
  ['West 218th Street', 'street', 0, [13960, -1640, 13860, -1360, 13700, -1260]],
];
