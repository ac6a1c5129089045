const WIDTH = 120;
const HEIGHT = 36;
/** Number of values across the full width. */
const SPAN = 60;

/** Chart of one value over the last minute. The axis starts at zero, so small changes look small. */
export function Sparkline({ values, label }: { values: number[]; label: string }) {
  const top = Math.max(1, ...values) * 1.15;
  const points = values.map((value, index) => {
    const x = WIDTH - 3 - ((values.length - 1 - index) * (WIDTH - 4)) / (SPAN - 1);
    return [x.toFixed(1), (HEIGHT - 1 - (value / top) * (HEIGHT - 4)).toFixed(1)] as const;
  });
  const [first, last] = [points[0], points.at(-1)];
  const line = points.map((point) => point.join(' ')).join('L');
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <path className="sparkline-base" d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
      {first && last && (
        <>
          <path className="sparkline-area" d={`M${first[0]} ${HEIGHT}L${line}L${last[0]} ${HEIGHT}Z`} />
          <path className="sparkline-line" d={`M${line}`} />
          <circle className="sparkline-now" cx={last[0]} cy={last[1]} r="2.2" />
        </>
      )}
    </svg>
  );
}
