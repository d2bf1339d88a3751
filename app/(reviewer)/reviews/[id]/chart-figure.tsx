import type { ReactNode } from 'react';

/** A chart and the same numbers as a table, for readers who can't see the chart or prefer the table. */
export function ChartFigure(props: {
  readonly title: string;
  /** What the picture shows, in a sentence: also its name for a screen reader. */
  readonly summary: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly children: ReactNode;
}) {
  const { title, summary, columns, rows } = props;
  return (
    <figure className="card min-w-0 p-4">
      <figcaption>
        <span className="block font-medium">{title}</span>
        <span className="block text-sm text-muted">{summary}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${chartWidth} ${chartHeight}`}
        role="img"
        aria-label={`${title}: ${summary}`}
        className="mt-3 h-auto w-full"
      >
        {props.children}
      </svg>
      <details className="mt-2">
        <summary className="link inline-flex min-h-6 items-center text-sm">
          As a table<span className="sr-only">: {title}</span>
        </summary>
        <div
          className="mt-2 max-h-64 overflow-auto"
          tabIndex={0}
          role="region"
          aria-label={`${title}, table`}
        >
          <table className="w-full text-sm">
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col" className="pe-4 text-start font-medium text-muted">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.join(' ')}>
                  {row.map((cell, index) => (
                    <td key={columns[index]} className="pe-4 tabular-nums break-words">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

export const chartWidth = 480;
export const chartHeight = 150;
/** Below the picture, for the words of the axis. */
export const axisHeight = 22;

/** First and last word under a picture. */
export function AxisEnds({ from, to }: { readonly from: string; readonly to: string }) {
  return (
    <g fill="var(--muted)" fontSize="11">
      <line
        x1="0"
        x2={chartWidth}
        y1={chartHeight - axisHeight}
        y2={chartHeight - axisHeight}
        stroke="var(--rule-strong)"
      />
      <text x="0" y={chartHeight - 6}>
        {from}
      </text>
      <text x={chartWidth} y={chartHeight - 6} textAnchor="end">
        {to}
      </text>
    </g>
  );
}
