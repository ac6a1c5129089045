/** A running installation: the addresses for drivers and riders, and the processes whose CPU counts. */
export type Contender = {
  driverUrl: string;
  riderUrl: string;
  pids: Record<string, number>;
  token(role: 'driver' | 'rider' | 'dispatcher', sub: string): Promise<string>;
  openTrip(riderId: string, driverId: string): Promise<string>;
  /** whether its drivers get one ack for several fixes */
  hasCountedAcks?: boolean;
  stop(): Promise<void>;
};

/** @param profileDir where its processes write CPU profiles on exit */
export type StartContender = (profileDir?: string) => Promise<Contender>;
