/** A city's roads by rank; decides width on the map and speed on the road. */
export type RoadKind = 'highway' | 'avenue' | 'major' | 'street';

/** 1: only in the direction of the line, -1: only against it, 0: both. In a line that runs north or east, 1 is that way. */
export type Way = 1 | 0 | -1;

/** Name, kind, way, and a line as flat pairs u, v: metres in the frame of `frame.ts`. */
export type RoadSpec = readonly [name: string, kind: RoadKind, way: Way, uv: readonly number[]];
