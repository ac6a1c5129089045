import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { timeFormat } from '../../../shared/ui/format.js';
import { columnsOf, type Sample } from './history.js';
import { TEXTS } from './texts.js';

/** One series of a chart. */
export type Series = { name: string; of: (sample: Sample) => number | null };

type Props = {
  title: string;
  series: readonly Series[];
  history: readonly Sample[];
  format: (value: number) => string;
};

const HEIGHT_PX = 108;
/** Minimum width of the time axis, also with less history. */
const MIN_SPAN_S = 60;
const clock = timeFormat({ timeStyle: 'medium' });
/** Distinguish the series without relying on colour. */
const DASHES = [[], [6, 3], [2, 3]];
const COLOURS = 4;
const colourOf = (index: number): string => `--series-${(index % COLOURS) + 1}`;

/** Line chart of the last ten minutes. The pointer or the arrow keys move along its samples. */
export function Chart({ title, series, history, format }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const [announcement, setAnnouncement] = useState('');
  const names = series.map(({ name }) => name).join();
  // Rebuild the plot when its series change; new values only call setData.
  useEffect(() => {
    const container = host.current!;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const create = () => {
      plot.current?.destroy();
      const data = columnsOf(
        history,
        series.map(({ of }) => of),
      );
      plot.current = new UPlot(optionsOf(container, series, setCursor), data as UPlot.AlignedData, container);
    };
    const resizes = new ResizeObserver(() =>
      plot.current?.setSize({ width: container.clientWidth, height: HEIGHT_PX }),
    );
    create();
    resizes.observe(container);
    dark.addEventListener('change', create);
    return () => {
      dark.removeEventListener('change', create);
      resizes.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [names]);
  const columns = columnsOf(
    history,
    series.map(({ of }) => of),
  );
  useEffect(() => plot.current?.setData(columns as UPlot.AlignedData));
  const last = columns[0]!.length - 1;
  const index = cursor === null ? last : Math.min(cursor, last);
  const text = (value: number | null | undefined) => (value == null ? TEXTS.unknown : format(value));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const { current } = plot;
    if (step === undefined || current === null) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(last, index + step));
    const time = columns[0]![next]!;
    current.setCursor({ left: current.valToPos(time, 'x'), top: 0 });
    const values = series.map(({ name }, i) => `${name} ${text(columns[i + 1]![next])}`);
    setAnnouncement(TEXTS.sample(clock.format(time * 1_000), values));
  };
  const summaries = series.map(({ name }, i) => {
    const values = columns[i + 1]!.filter((value) => value !== null);
    return TEXTS.now(
      name,
      text(columns[i + 1]![last]),
      text(values.length === 0 ? null : Math.max(...values)),
    );
  });
  const label = TEXTS.summary(title, summaries);
  return (
    <figure className="chart" data-points={last + 1}>
      <figcaption>{title}</figcaption>
      {/** biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read its samples */}
      <div ref={host} role="img" aria-label={label} tabIndex={0} onKeyDown={onKeyDown} />
      <ul>
        {series.map(({ name }, i) => (
          <li key={name}>
            <svg viewBox="0 0 18 4" width="18" height="4" aria-hidden="true">
              <path
                d="M0 2H18"
                stroke={`var(${colourOf(i)})`}
                strokeWidth="2.5"
                strokeDasharray={DASHES[i % DASHES.length]!.join(' ')}
              />
            </svg>
            <span>{name}</span> <b>{text(columns[i + 1]![index])}</b>
          </li>
        ))}
        {cursor !== null && columns[0]![index] != null && (
          <li className="chart-time">{clock.format(columns[0]![index]! * 1_000)}</li>
        )}
      </ul>
      <output className="sr-only">{announcement}</output>
    </figure>
  );
}

function optionsOf(
  container: HTMLElement,
  series: readonly Series[],
  onCursor: (index: number | null) => void,
): UPlot.Options {
  const style = getComputedStyle(container);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: UPlot.Axis = {
    stroke: colour('--ink-3'),
    font: `10px ${style.fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: container.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    hooks: { setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)] },
    scales: {
      x: { range: (_, min, max) => [Math.min(min, max - MIN_SPAN_S), max] },
      // Start at zero so that small changes do not look large.
      y: { range: (_, _min, max) => [0, Math.max(1, max) * 1.15] },
    },
    axes: [
      {
        ...axis,
        size: 20,
        gap: 2,
        space: 70,
        values: (_, splits) => splits.map((t) => clock.format(t * 1_000)),
      },
      { ...axis, size: 38, gap: 2, space: 26 },
    ],
    series: [
      {},
      ...series.map(({ name }, i) => ({
        label: name,
        stroke: colour(colourOf(i)),
        dash: DASHES[i % DASHES.length]!,
        width: 1.5,
        points: { show: false },
      })),
    ],
  };
}
