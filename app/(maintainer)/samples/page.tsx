import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { sampleHours } from '#core/wire/sample/index.ts';
import { readSignerLimits } from '../../../lib/platform/signer-limits/index.ts';
import { listSamples, mayDropSamples, sampleBytesMax } from '../../../lib/samples/index.ts';
import { formBytesMax } from '../../api/projects/[slug]/upload/form.ts';
import { readSampleCookie, sampleCookieName } from '../../api/samples/form.ts';
import { Empty } from '../../_components/empty.tsx';
import { Command } from '../../_components/keep-words.tsx';
import { Notice } from '../../_components/notice.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { StopNotice } from '../../_components/stop-notice.tsx';
import { Time } from '../../_components/time.tsx';
import { Typed } from '../../_components/typed.tsx';
import { UploadLimits } from '../../_components/upload/upload-limits.tsx';
import { DropForm } from './drop-form.tsx';
import { chosenPlace, samplePlaces } from './places.ts';

interface Props {
  readonly searchParams: Promise<{
    readonly for?: string | string[];
    readonly problem?: string | string[];
  }>;
}

/** What was wrong with a form sent without scripts; null: nothing. */
async function refusedOf(searchParams: Props['searchParams']) {
  if ((await searchParams).problem === undefined) return null;
  return readSampleCookie((await cookies()).get(sampleCookieName)?.value);
}

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const refused = await refusedOf(searchParams);
  return { title: `${refused === null ? '' : 'Error: '}Try a file`, robots: { index: false } };
}

export default async function SamplesPage({ searchParams }: Props) {
  const ctx = await pageContext();
  if (ctx.actor.kind !== 'person' && ctx.actor.kind !== 'account') redirect('/sign-in?to=/samples');
  const [given] = [(await searchParams).for].flat();
  const asked = given ?? '';
  const [project = ''] = asked.split('/');
  const places = await samplePlaces(ctx, project === '' ? null : project);
  const chosen = chosenPlace(places, asked);
  const samples = await listSamples({ ctx });
  const sizeBytesMax = await sampleBytesMax(ctx);
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title="Try a file"
        lead="Drop a sample of what you release. The signer inspects it like a submission, and suggests an artifact configuration to propose. Nothing is scanned for viruses, signed or published."
      />
      <StopNotice ctx={ctx} project={null} />
      {(await mayDropSamples(ctx)) ? (
        <>
          <DropForm
            sizeBytesMax={sizeBytesMax}
            places={places}
            chosen={chosen.value}
            said={chosen.said}
            problem={await refusedOf(searchParams)}
          />
          <UploadLimits
            sizeBytesMax={sizeBytesMax}
            withoutScriptsBytesMax={formBytesMax - 8 * 1024 ** 2}
            signer={await readSignerLimits(ctx)}
          />
        </>
      ) : (
        <Notice tone="waiting" title="For members of projects, and for applicants">
          <Link className="link" href="/apply">
            Apply
          </Link>
          {', or look at the file on your own machine: '}
          <Command>countersign preflight FILE --suggest</Command>
        </Notice>
      )}
      <section aria-labelledby="recent" className="pt-12">
        <h2 id="recent" className="text-2xl">
          Samples of the last {sampleHours} hours
        </h2>
        {samples.length === 0 ? (
          <Empty title="None yet">
            Samples from your projects’ teams are listed here, too. All are removed after {sampleHours} hours,
            the files themselves as soon as the signer has inspected them.
          </Empty>
        ) : (
          <ul className="mt-4 grid gap-2">
            {samples.map((sample) => (
              <li key={sample.id} className="flex min-w-0 flex-wrap items-baseline gap-x-3">
                <Link className="link inline-block min-h-6 wrap-anywhere" href={`/samples/${sample.id}`}>
                  <Typed>{sample.name}</Typed>
                </Link>
                <span className="text-sm text-muted">
                  {sample.project ?? 'seen by nobody else'}, <Time value={sample.at} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}
