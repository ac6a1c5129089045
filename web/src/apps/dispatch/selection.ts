/** The driver or trip selected on the map, in the list or by a command. */
export type Selection = { kind: 'driver' | 'trip'; id: string };
