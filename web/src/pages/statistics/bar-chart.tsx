/** Stacked bars. What they show stands in a table beside them: a canvas says nothing to who cannot see it. */
import { theme } from 'antd';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export type Series = { key: 'sent' | 'failed' | 'unknown' | 'pending'; label: string; values: readonly number[] };
type Props = { title: string; labels: readonly string[]; series: readonly Series[] };

const height = 240;

export function BarChart({ title, labels, series }: Props) {
  const { token } = theme.useToken();
  const place = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLDivElement>(null);
  const shown = JSON.stringify([labels, series.map(({ values }) => values)]);

  useEffect(() => {
    const target = place.current!;
    // A canvas knows no variables of CSS: the colours are those that the legend has by now.
    const colours = [...legend.current!.querySelectorAll('.outcome-dot')].map(
      (dot) => getComputedStyle(dot).backgroundColor,
    );
    const axis = { stroke: token.colorText, grid: { stroke: token.colorSplit }, ticks: { stroke: token.colorSplit } };
    const options: uPlot.Options = {
      width: target.clientWidth,
      height,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: [-0.5, Math.max(labels.length, 1) - 0.5] },
        y: { range: (_, _min, max) => [0, Math.max(max * 1.05, 1)] },
      },
      axes: [
        { ...axis, values: (_, splits) => splits.map((at) => labels[at] ?? ''), incrs: [1, 2, 5, 10, 20] },
        { ...axis, size: 56, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7] },
      ],
      series: [
        {},
        ...series.map((_, at) => ({
          fill: colours[at],
          stroke: colours[at],
          width: 0,
          points: { show: false },
          paths: uPlot.paths.bars!({ size: [0.6, 48] }),
        })),
      ],
    };
    const plot = new uPlot(options, [labels.map((_, at) => at), ...stack(series)], target);
    const observer = new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height }));
    observer.observe(target);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [shown, token.colorText, token.colorSplit]);

  return (
    <>
      <div className="row" ref={legend}>
        {series.map(({ key, label }) => (
          <span key={key}>
            <span className={`outcome-dot outcome-${key}`} />
            {label}
          </span>
        ))}
      </div>
      <div ref={place} role="img" aria-label={title} style={{ minHeight: height, minWidth: 0, overflow: 'hidden' }} />
    </>
  );
}

/** Each series on top of those after it: uPlot draws them in their order, the tallest first. */
function stack(series: readonly Series[]): number[][] {
  return series.map((_, at) =>
    series[at]!.values.map((_value, index) =>
      series.slice(at).reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
    ),
  );
}
