import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { currentRequest } from '../lib/platform/http/index.ts';
import { PolicyAlarm } from './_components/policy-alarm.tsx';
import { SiteFooter } from './_components/site-footer.tsx';
import { SiteHeader } from './_components/site-header.tsx';
import './globals.css';

export function generateMetadata(): Metadata {
  // The page that a refused form comes back with says so first, as it does with JavaScript (form/error-summary.tsx).
  const mark = (currentRequest()?.outcome ?? null) === null ? '' : 'Error: ';
  return {
    title: { default: `${mark}Countersign`, template: `${mark}%s · Countersign` },
    description:
      'Code signing for open-source projects: every signature shows where the program was built, who approved it and which policy allowed it.',
  };
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#faf8f3' },
    { media: '(prefers-color-scheme: dark)', color: '#0e1418' },
  ],
};

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body className="flex min-h-dvh flex-col">
        <a href="#content" className="skip button">
          Skip to content
        </a>
        <PolicyAlarm />
        <SiteHeader />
        <main id="content" tabIndex={-1} className="flex-1 outline-none">
          {children}
        </main>
        <SiteFooter />
      </body>
    </html>
  );
}
