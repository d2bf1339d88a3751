import type { CollectedEvidence } from '../../../../lib/evidence/index.ts';
import { AxisEnds, axisHeight, ChartFigure, chartHeight, chartWidth } from './chart-figure.tsx';

type Charts = CollectedEvidence['charts'];
const plotHeight = chartHeight - axisHeight - 6;
const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Activity, releases, stars and contributors, for a first look. */
export function EvidenceChartsView({ charts }: { readonly charts: Charts }) {
  const { activity, releases, stars, contributors } = charts;
  const any = activity.length + releases.length + stars.length + contributors.length > 0;
  if (!any) return null;
  return (
    <div className="mt-4 grid gap-4 xl:grid-cols-2">
      {activity.length === 0 ? null : <Activity activity={activity} />}
      {releases.length === 0 ? null : <Releases releases={releases} />}
      {stars.length === 0 ? null : <Stars stars={stars} all={charts.starsAll} />}
      {contributors.length === 0 ? null : <Contributors contributors={contributors} />}
    </div>
  );
}

function Activity({ activity }: Pick<Charts, 'activity'>) {
  const most = Math.max(1, ...activity.map((week) => week.commits));
  const step = chartWidth / activity.length;
  const all = activity.reduce((sum, week) => sum + week.commits, 0);
  return (
    <ChartFigure
      title="Commits a week"
      summary={`${all} in ${activity.length} weeks, at most ${most} in one`}
      columns={['Week of', 'Commits']}
      rows={activity.map((week) => [week.week, week.commits])}
    >
      {activity.map((week, index) => {
        const height = (week.commits / most) * plotHeight;
        return (
          <rect
            key={week.week}
            x={index * step + 0.75}
            y={chartHeight - axisHeight - height}
            width={Math.max(1, step - 1.5)}
            height={height}
            rx="1.5"
            fill="var(--accent)"
          />
        );
      })}
      <AxisEnds from={activity[0]?.week ?? ''} to={activity.at(-1)?.week ?? ''} />
    </ChartFigure>
  );
}

/** → places on the axis of time, from 0 to 1. */
function places(days: readonly string[]): readonly number[] {
  const times = days.map((day) => Date.parse(day));
  const first = Math.min(...times);
  const span = Math.max(1, Math.max(...times) - first);
  return times.map((time) => (time - first) / span);
}

function Releases({ releases }: Pick<Charts, 'releases'>) {
  const at = places(releases.map((release) => release.day));
  const most = Math.max(1, ...releases.map((release) => release.downloads));
  return (
    <ChartFigure
      title="Releases"
      summary={`${releases.length} over time; taller: more downloads`}
      columns={['Day', 'Release', 'Downloads']}
      rows={releases.map((release) => [release.day, release.tag, release.downloads])}
    >
      {releases.map((release, index) => {
        const x = 5 + (at[index] ?? 0) * (chartWidth - 10);
        const height = 12 + (release.downloads / most) * (plotHeight - 18);
        const top = chartHeight - axisHeight - height;
        return (
          <g key={`${release.day} ${release.tag}`}>
            <line
              x1={x}
              x2={x}
              y1={chartHeight - axisHeight}
              y2={top}
              stroke="var(--accent)"
              strokeWidth="1.5"
            />
            <circle cx={x} cy={top} r="3.5" fill="var(--seal)" />
          </g>
        );
      })}
      <AxisEnds from={releases[0]?.day ?? ''} to={releases.at(-1)?.day ?? ''} />
    </ChartFigure>
  );
}

function Stars({ stars, all }: { readonly stars: Charts['stars']; readonly all: number | null }) {
  const at = places(stars.map((star) => star.day));
  const sampled = stars.reduce((sum, star) => sum + star.stars, 0);
  const sums = stars.reduce<number[]>((list, star) => [...list, (list.at(-1) ?? 0) + star.stars], []);
  const place = (index: number): string => {
    const x = 5 + (at[index] ?? 0) * (chartWidth - 10);
    const y = chartHeight - axisHeight - ((sums[index] ?? 0) / sampled) * plotHeight;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  const bursts = stars.filter((star) => star.burst).length;
  const sample =
    all === null || all <= sampled ? 'all of them' : `${sampled} of ${all}, the first and the last`;
  return (
    <ChartFigure
      title="Stars"
      summary={`${sample}; ${bursts === 0 ? 'no bursts' : `${bursts} ${bursts === 1 ? 'day' : 'days'} with a burst, marked`}`}
      columns={['Day', 'Stars', 'Burst']}
      rows={stars.map((star) => [star.day, star.stars, star.burst ? 'yes' : ''])}
    >
      <path
        d={`M${stars.map((_, index) => place(index)).join('L')}`}
        fill="none"
        stroke="var(--accent)"
        strokeWidth="2"
        strokeLinejoin="round"
      />
      {stars.map((star, index) => {
        if (!star.burst) return null;
        const [x = '0', y = '0'] = place(index).split(' ');
        // A shape of its own, not only a colour.
        return (
          <g key={star.day}>
            <line
              x1={x}
              x2={x}
              y1="2"
              y2={chartHeight - axisHeight}
              stroke="var(--wait)"
              strokeDasharray="3 3"
            />
            <path d={`M${x} ${Number(y) - 7}l6 7l-6 7l-6 -7z`} fill="var(--wait)" />
          </g>
        );
      })}
      <AxisEnds from={stars[0]?.day ?? ''} to={stars.at(-1)?.day ?? ''} />
    </ChartFigure>
  );
}

function Contributors({ contributors }: Pick<Charts, 'contributors'>) {
  const most = Math.max(...contributors.map((contributor) => contributor.share));
  const step = chartHeight / contributors.length;
  const [first] = contributors;
  return (
    <ChartFigure
      title="Whose commits"
      summary={`${first?.name ?? ''} has ${percent(first?.share ?? 0)}`}
      columns={['Who', 'Commits', 'Share']}
      rows={contributors.map((contributor) => [
        contributor.name,
        contributor.commits,
        percent(contributor.share),
      ])}
    >
      {contributors.map((contributor, index) => (
        <g key={contributor.name}>
          <text x="0" y={index * step + step / 2 + 4} fontSize="11" fill="var(--muted)">
            {contributor.name.slice(0, 18)}
          </text>
          <rect
            x="120"
            y={index * step + 2}
            width={Math.max(2, (contributor.share / most) * (chartWidth - 170))}
            height={step - 4}
            rx="2"
            fill="var(--accent)"
          />
          <text
            x={126 + (contributor.share / most) * (chartWidth - 170)}
            y={index * step + step / 2 + 4}
            fontSize="11"
            fill="var(--ink)"
          >
            {percent(contributor.share)}
          </text>
        </g>
      ))}
    </ChartFigure>
  );
}
