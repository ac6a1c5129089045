/** Rank of a road, which determines its width on the map and its speed. */
export type RoadKind = 'highway' | 'avenue' | 'major' | 'street';

/** Direction of traffic: 1 along the line, -1 against it, 0 both. For a line that runs north or east, 1 is that direction. */
export type Way = 1 | 0 | -1;

/** Name, kind, way, and a line as flat pairs u, v: metres in the frame of `frame.ts`. */
export type RoadSpec = readonly [name: string, kind: RoadKind, way: Way, uv: readonly number[]];
