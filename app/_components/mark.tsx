/**
 * The mark: a notary's seal whose field holds two strokes, a signature and its countersignature.
 * Drawn with lines only, so that it stays sharp at 20 pixels and in one colour.
 */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" focusable="false">
      <path d={sealEdge} stroke="var(--seal)" strokeWidth="1.6" strokeLinejoin="round" />
      <circle cx="16" cy="16" r="10.4" stroke="var(--seal)" strokeWidth="0.9" opacity="0.75" />
      <path
        d="M9.6 16.4l4 4.1 8.2-9.6"
        stroke="currentColor"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        d="M13.4 22.6c3.2-.5 6.2-1.8 9-4.4"
        stroke="var(--seal)"
        strokeWidth="1.9"
        strokeLinecap="round"
      />
    </svg>
  );
}

const sealEdge = scallop(16, 14.4, 13, 16);

/** A circle of `teeth` shallow arcs around (centre, centre). */
function scallop(teeth: number, outer: number, inner: number, centre: number): string {
  const point = (radius: number, angle: number): string =>
    `${(centre + radius * Math.cos(angle)).toFixed(2)} ${(centre + radius * Math.sin(angle)).toFixed(2)}`;
  const step = (2 * Math.PI) / teeth;
  const arcs = Array.from({ length: teeth }, (_, index) => {
    const from = index * step;
    return `Q${point(outer + 1.1, from + step / 2)} ${point(inner, from + step)}`;
  });
  return `M${point(inner, 0)}${arcs.join('')}Z`;
}

/** 36 ellipses around one centre, 5° apart, as one path: a server that writes each as an element spends more on them than on the page. */
function petals(rx: number, ry: number): string {
  return Array.from({ length: 36 }, (_, index) => {
    const degrees = index * 5;
    const x = (rx * Math.cos((degrees * Math.PI) / 180)).toFixed(2);
    const y = (rx * Math.sin((degrees * Math.PI) / 180)).toFixed(2);
    const half = `A${rx} ${ry} ${degrees} 0 1`;
    return `M${x} ${y}${half} ${-Number(x)} ${-Number(y)}${half} ${x} ${y}`;
  }).join('');
}

const outerPetals = petals(96, 38);
const innerPetals = petals(58, 20);

/** The rosette behind the home page's headline: the fine lines of banknotes and certificates. */
export function Rosette() {
  return (
    <svg
      viewBox="-100 -100 200 200"
      fill="none"
      aria-hidden="true"
      focusable="false"
      className="h-full w-full"
    >
      <path d={outerPetals} stroke="var(--seal)" strokeWidth="0.35" opacity="0.6" />
      <path d={innerPetals} stroke="var(--accent)" strokeWidth="0.4" opacity="0.5" />
      <circle r="21" fill="var(--paper)" stroke="var(--seal)" strokeWidth="0.8" />
      <path
        d="M-11 1l7 7.2 14-16.6"
        stroke="var(--accent)"
        strokeWidth="3.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        d="M-5 11.5c6-.8 11.4-3.2 16.4-7.9"
        stroke="var(--seal)"
        strokeWidth="2.2"
        strokeLinecap="round"
      />
    </svg>
  );
}
