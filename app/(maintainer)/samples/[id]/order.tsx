import { formats } from '#core/formats/registry.ts';
import type { SampleOutcome, SampleStep } from '#core/wire/sample/index.ts';
import { plural } from '../../../_components/format.ts';
import { Typed } from '../../../_components/typed.tsx';

/** What the signer would do, step by step. */
export function Order({
  outcome: { order, stepCount },
  name,
}: {
  readonly outcome: SampleOutcome;
  readonly name: string;
}) {
  if (stepCount === 0) return null;
  return (
    <section aria-labelledby="order">
      <h2 id="order" className="mt-10 text-2xl">
        What would be signed, in this order
      </h2>
      <ol className="mt-4 grid list-decimal gap-1.5 ps-8">
        {order.map((step, index) => (
          <li key={index} className="min-w-0 wrap-anywhere">
            <span className="font-medium">
              <Typed>{step.path.length === 0 ? name : step.path.join(' › ')}</Typed>
            </span>
            : {wordsOf(step)}
          </li>
        ))}
      </ol>
      {stepCount > order.length ? (
        <p className="mt-3 text-muted">And {plural(stepCount - order.length, 'more step')}.</p>
      ) : null}
    </section>
  );
}

function wordsOf({ does, type, method, lists }: SampleStep): string {
  if (does === 'rebuild') return 'packed again around what was signed in it';
  if (does === 'follow') return `written anew, because it lists ${lists.join(', ')}`;
  return `signed as ${formats[type].words.one}${method === null ? '' : ` (${method})`}`;
}
