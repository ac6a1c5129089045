import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { columnsOf, type Sample } from './history.js';
import { TEXTS } from './texts.js';

export type Line = { name: string; of: (sample: Sample) => number | null };

type Props = {
  title: string;
  lines: readonly Line[];
  history: readonly Sample[];
  show: (value: number) => string;
};

const HEIGHT_PX = 108;
/** So much is shown at least, also when less is known. */
const LEAST_S = 60;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
/** Lines are told apart without colours, too. */
const DASHES = [[], [6, 3], [2, 3]];
const SERIES = 4;
const colourOf = (line: number): string => `--series-${(line % SERIES) + 1}`;

/** One number or several over the last ten minutes; arrow keys go through its moments, as the mouse does. */
export function Chart({ title, lines, history, show }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const [read, setRead] = useState('');
  const names = lines.map(({ name }) => name).join();
  // Made anew when there are other lines, not other values.
  useEffect(() => {
    const container = host.current!;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const make = () => {
      plot.current?.destroy();
      const data = columnsOf(
        history,
        lines.map(({ of }) => of),
      );
      plot.current = new UPlot(optionsOf(container, lines, setAt), data as UPlot.AlignedData, container);
    };
    const fit = new ResizeObserver(() =>
      plot.current?.setSize({ width: container.clientWidth, height: HEIGHT_PX }),
    );
    make();
    fit.observe(container);
    dark.addEventListener('change', make);
    return () => {
      dark.removeEventListener('change', make);
      fit.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [names]);
  const columns = columnsOf(
    history,
    lines.map(({ of }) => of),
  );
  useEffect(() => plot.current?.setData(columns as UPlot.AlignedData));
  const last = columns[0]!.length - 1;
  const index = at === null ? last : Math.min(at, last);
  const words = (value: number | null | undefined) => (value == null ? TEXTS.unknown : show(value));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const { current } = plot;
    if (step === undefined || current === null) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(last, index + step));
    const time = columns[0]![next]!;
    current.setCursor({ left: current.valToPos(time, 'x'), top: 0 });
    const values = lines.map(({ name }, i) => `${name} ${words(columns[i + 1]![next])}`);
    setRead(TEXTS.moment(clock.format(time * 1_000), values));
  };
  const told = lines.map(({ name }, i) => {
    const values = columns[i + 1]!.filter((value) => value !== null);
    return TEXTS.now(
      name,
      words(columns[i + 1]![last]),
      words(values.length === 0 ? null : Math.max(...values)),
    );
  });
  return (
    <figure className="chart" data-points={last + 1}>
      <figcaption>{title}</figcaption>
      {/** biome-ignore lint/a11y/noNoninteractiveTabindex: its moments are read with the arrow keys */}
      <div ref={host} role="img" aria-label={TEXTS.summary(title, told)} tabIndex={0} onKeyDown={onKeyDown} />
      <ul>
        {lines.map(({ name }, i) => (
          <li key={name}>
            <svg viewBox="0 0 18 4" width="18" height="4" aria-hidden="true">
              <path
                d="M0 2H18"
                stroke={`var(${colourOf(i)})`}
                strokeWidth="2.5"
                strokeDasharray={DASHES[i % DASHES.length]!.join(' ')}
              />
            </svg>
            {name} <b>{words(columns[i + 1]![index])}</b>
          </li>
        ))}
        {at !== null && columns[0]![index] != null && (
          <li className="chart-time">{clock.format(columns[0]![index]! * 1_000)}</li>
        )}
      </ul>
      <output className="sr-only">{read}</output>
    </figure>
  );
}

function optionsOf(
  container: HTMLElement,
  lines: readonly Line[],
  onMoment: (index: number | null) => void,
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
    hooks: { setCursor: [({ cursor }) => onMoment(cursor.idx ?? null)] },
    scales: {
      x: { range: (_, min, max) => [Math.min(min, max - LEAST_S), max] },
      // From zero, so that a tremble does not look like a quake.
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
      ...lines.map(({ name }, i) => ({
        label: name,
        stroke: colour(colourOf(i)),
        dash: DASHES[i % DASHES.length]!,
        width: 1.5,
        points: { show: false },
      })),
    ],
  };
}
