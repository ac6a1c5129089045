/** A running installation: where drivers and riders connect, and whose CPU counts. */
export type Contender = {
  driverUrl: string;
  riderUrl: string;
  pids: Record<string, number>;
  token(role: 'driver' | 'rider' | 'dispatcher', sub: string): Promise<string>;
  openTrip(riderId: string, driverId: string): Promise<string>;
  stop(): Promise<void>;
};

/** @param profileDir where its processes leave CPU profiles when they end */
export type StartContender = (profileDir?: string) => Promise<Contender>;
