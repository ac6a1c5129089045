/**
 * Data of the numbered streets: the Commissioners' Plan of 1811 and general knowledge of the city. Positions were
 * checked against OpenStreetMap. Metres in the frame of `frame.ts`.
 */

/** Streets with a known position, [street, u]; the others are spaced between them as in the plan. */
export const ANCHORS: ReadonlyArray<readonly [street: number, u: number]> = [
  [1, -3720],
  [14, -2690],
  [23, -1990],
  [34, -1120],
  [42, -480],
  [59, 900],
  [72, 1940],
  [86, 3090],
  [96, 3900],
  [110, 5030],
  [125, 6250],
  [145, 7860],
  [155, 8660],
  [191, 11520],
];

/** Two-way streets: those of 100 ft in the plan, and two that were widened, 110th and 181st. */
export const WIDE_STREETS = new Set([
  14, 23, 34, 42, 57, 72, 79, 86, 96, 106, 110, 116, 125, 135, 145, 155, 181,
]);

/** Road where streets begin in the west, [up to this street, road]. */
export const WEST_ENDS: ReadonlyArray<readonly [last: number, road: string]> = [
  [7, 'Bowery'],
  [12, 'Sixth Avenue'],
  [13, 'Ninth Avenue'],
  [21, 'West Street'],
  [34, 'Twelfth Avenue'],
  [39, 'Eleventh Avenue'],
  [58, 'Twelfth Avenue'],
  [60, 'West End Avenue'],
  [71, 'Riverside Boulevard'],
  [109, 'Riverside Drive'],
  [110, 'Fifth Avenue'],
  [122, 'Riverside Drive'],
  [123, 'Broadway'],
  [127, 'Morningside Avenue'],
  [128, 'Amsterdam Avenue'],
  [165, 'Riverside Drive'],
  [180, 'Fort Washington Avenue'],
  [181, 'Henry Hudson Parkway'],
  [191, 'Fort Washington Avenue'],
];

/** Road where streets end in the east, [up to this street, road]. */
export const EAST_ENDS: ReadonlyArray<readonly [last: number, road: string]> = [
  [1, 'Avenue A'],
  [12, 'Avenue D'],
  [14, 'Avenue C'],
  [19, 'First Avenue'],
  [20, 'Avenue C'],
  [22, 'First Avenue'],
  [23, 'FDR Drive'],
  [33, 'First Avenue'],
  [38, 'FDR Drive'],
  [41, 'First Avenue'],
  [42, 'FDR Drive'],
  [48, 'First Avenue'],
  [52, 'FDR Drive'],
  [58, 'Sutton Place'],
  [69, 'York Avenue'],
  [76, 'FDR Drive'],
  [78, 'York Avenue'],
  [90, 'East End Avenue'],
  [92, 'York Avenue'],
  [95, 'First Avenue'],
  [96, 'FDR Drive'],
  [105, 'First Avenue'],
  [106, 'FDR Drive'],
  [113, 'First Avenue'],
  [115, 'Pleasant Avenue'],
  [116, 'FDR Drive'],
  [120, 'Pleasant Avenue'],
  [123, 'Second Avenue'],
  [124, 'First Avenue'],
  [125, 'Harlem River Drive'],
  [127, 'First Avenue'],
  [128, 'Second Avenue'],
  [131, 'Lexington Avenue'],
  [132, 'Park Avenue'],
  [134, 'Malcolm X Boulevard'],
  [135, 'Harlem River Drive'],
  [139, 'Fifth Avenue'],
  [144, 'Malcolm X Boulevard'],
  [145, 'Harlem River Drive'],
  [147, 'Malcolm X Boulevard'],
  [151, 'Adam Clayton Powell Jr. Boulevard'],
  [155, 'Macombs Place'],
  [156, 'Amsterdam Avenue'],
  [172, 'Edgecombe Avenue'],
  [191, 'Amsterdam Avenue'],
];

/** Superblocks that interrupt streets: [first street, last street, west v, east v]. Parks need no entry here. */
export const SUPERBLOCKS: ReadonlyArray<readonly [first: number, last: number, west: number, east: number]> =
  [
    [8, 8, 810, 1470], // has a name of its own here
    [31, 33, -1780, -1230], // rail yards
    [32, 32, -1230, -410], // Penn Station
    [31, 32, 1010, 1250], // Kips Bay
    [41, 41, -140, 180], // Public Library
    [43, 44, 420, 640], // Grand Central
    [59, 59, -960, 180], // Columbus Circle, Central Park South
    [63, 64, -1500, -960], // Lincoln Center
    [78, 80, -960, -680], // Museum of Natural History
    [98, 99, -1240, -690], // Park West Village
    [101, 103, -1240, -840], // Douglass Houses
    [111, 112, -1240, -970], // St. John the Divine
    [113, 114, -150, 1220], // King, Taft, Johnson and Jefferson Houses
    [115, 119, -1510, -1240], // Columbia
    [128, 130, -690, -430], // St. Nicholas Houses
    [131, 134, -1160, -900], // Manhattanville
    [136, 139, -1250, -980], // City College
  ];
