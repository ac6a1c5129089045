import type { RoadSpec } from './spec.js';

/**
 * Roads along both rivers, the ramps of the parkway, and the roads through Central Park. A few straight segments
 * each, accurate to about 50 m.
 */
export const WATERFRONT: readonly RoadSpec[] = [
  ['West Street', 'highway', 0, [-6680, 180, -5560, -140, -4240, -600, -3020, -1180, -2140, -1500]],
  ['Twelfth Avenue', 'highway', 0, [-2140, -1500, -1900, -1680, -1480, -1780, 480, -1720, 740, -1780]],
  [
    'Henry Hudson Parkway',
    'highway',
    0,
    [
      740, -1780, 2560, -1780, 3440, -1880, 3860, -1800, 4440, -1900, 6240, -1920, 8300, -1800, 9200, -2000,
      10160, -2400, 13060, -2300,
    ],
  ],
  [
    'FDR Drive',
    'highway',
    0,
    [
      -6820, 680, -6600, 820, -5540, 1340, -4440, 2620, -2480, 2180, -2340, 1900, -1900, 1560, -1160, 1400,
      1060, 1540, 3120, 1820, 3320, 1780, 3840, 1320, 4760, 1440, 5640, 1660, 5920, 1600,
    ],
  ],
  [
    'Harlem River Drive',
    'highway',
    0,
    [5920, 1600, 6420, 1200, 6820, 560, 7900, 0, 8800, -560, 9220, -820, 10400, -960, 11820, -1140],
  ],
  ['South Street', 'major', 0, [-6820, 680, -6600, 780, -5540, 1280, -4900, 2060]],
  [
    'Riverside Drive',
    'avenue',
    0,
    [
      1940, -1620, 2260, -1680, 2700, -1640, 3000, -1740, 3460, -1680, 3760, -1720, 5060, -1680, 6460, -1780,
      7080, -1760, 8080, -1660, 8660, -1860,
    ],
  ],
  ['Riverside Boulevard', 'street', 0, [1060, -1720, 1940, -1720]],
  ['West 79th Street', 'major', 0, [2510, -1660, 2510, -1780]],
  ['West 96th Street', 'major', 0, [3900, -1710, 3900, -1800]],
  ['West 158th Street', 'major', 0, [8900, -1860, 8900, -1940]],
  ['65th Street Transverse', 'major', 0, [1450, -690, 1360, -160, 1420, 100, 1370, 180]],
  ['79th Street Transverse', 'major', 0, [2680, -690, 2500, -560, 2540, 0, 2510, 180]],
  ['86th Street Transverse', 'major', 0, [3090, -690, 3100, -180, 2980, 80, 2920, 180]],
  ['97th Street Transverse', 'major', 0, [3900, -690, 3980, -300, 3980, 20, 3940, 180]],
];

/** Roads without crossings at grade, reached only from wide streets and other highways. */
export const EXPRESSWAYS = new Set(['Henry Hudson Parkway', 'FDR Drive', 'Harlem River Drive']);
