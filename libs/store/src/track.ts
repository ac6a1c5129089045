export type TrackFix = {
  t: number;
  lat: number;
  lng: number;
  heading: number;
  speedMps: number;
  accuracyM: number | null;
  late: boolean;
};
export function packTrack(fixes: TrackFix[]): Buffer {
  const buffer = Buffer.allocUnsafe(fixes.length * 22);
  fixes.forEach((fix, i) => {
    const at = i * 22;
    const hour = Math.floor(fix.t / 3_600_000);
    buffer.writeUInt32BE(hour, at);
    buffer.writeUIntBE(fix.t - hour * 3_600_000, at + 4, 3);
    buffer.writeInt32BE(Math.round(fix.lat * 1e7), at + 7);
    buffer.writeInt32BE(Math.round(fix.lng * 1e7), at + 11);
    buffer.fill(0, at + 15, at + 22);
  });
  return buffer;
}
