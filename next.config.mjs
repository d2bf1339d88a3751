/**
 * Headers that hold for every answer. The Content-Security-Policy of pages carries a nonce and is set in
 * proxy.ts; everything that is no page (API, files) may not run or load anything at all.
 * @type {import('next').NextConfig}
 */
const config = {
  poweredByHeader: false,
  // Titles belong into the head at once: public pages are sent without the scripts that would put them there later.
  htmlLimitedBots: /.*/,
  reactStrictMode: true,
  // The same sources give the same build (scripts/build-portal.ts); null lets Next.js draw an id.
  generateBuildId: () => process.env.COUNTERSIGN_BUILD_ID ?? null,
  // `tsc` checks the types of the whole repository; a build need not do it a second time.
  typescript: { ignoreBuildErrors: true },
  // Modules that load files of their own at run time can't be bundled.
  serverExternalPackages: ['pg-boss', 'pg', '@prisma/client', '@prisma/adapter-pg'],
  experimental: {
    serverActions: {
      // A policy file of the largest size that is read, and what goes with it.
      bodySizeLimit: '512kb',
    },
  },
  async rewrites() {
    return [
      { source: '/.well-known/openpgpkey/:path*', destination: '/openpgpkey/:path*' },
      // As alerts and people write it; the files of the static site have their ending.
      { source: '/docs/:path([\\w/-]+)', destination: '/docs/:path.html' },
    ];
  },
  async redirects() {
    // Links in the documentation start from its folder.
    return [{ source: '/docs', destination: '/docs/index.html', permanent: false }];
  },
  async headers() {
    return [
      {
        source: '/:path*',
        headers: [
          { key: 'X-Content-Type-Options', value: 'nosniff' },
          { key: 'X-Frame-Options', value: 'DENY' },
          { key: 'Referrer-Policy', value: 'same-origin' },
          { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
          { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
          {
            key: 'Permissions-Policy',
            value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
          },
          // Browsers heed it only over https.
          { key: 'Strict-Transport-Security', value: 'max-age=31536000; includeSubDomains' },
        ],
      },
      {
        // Shown on the projects' own sites: a picture of this portal's making, and nothing else may load here.
        source: '/projects/:slug/badge.svg',
        headers: [{ key: 'Cross-Origin-Resource-Policy', value: 'cross-origin' }],
      },
      {
        source: '/projects/:slug/:file(badge.svg|feed.xml)',
        headers: [
          { key: 'Content-Security-Policy', value: "default-src 'none'; frame-ancestors 'none'; sandbox" },
        ],
      },
      {
        source: '/revocations/feed.xml',
        headers: [
          { key: 'Content-Security-Policy', value: "default-src 'none'; frame-ancestors 'none'; sandbox" },
        ],
      },
      {
        // The documentation, static pages (scripts/docs-site): their own style, and the search's script and index.
        source: '/docs/:path*',
        headers: [
          {
            key: 'Content-Security-Policy',
            value:
              "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
          },
        ],
      },
      {
        // Clients of a Web Key Directory, in pages of others too.
        source: '/.well-known/openpgpkey/:path*',
        headers: [
          { key: 'Cross-Origin-Resource-Policy', value: 'cross-origin' },
          { key: 'Content-Security-Policy', value: "default-src 'none'; frame-ancestors 'none'; sandbox" },
        ],
      },
      {
        source: '/:prefix(api|healthz|readyz|metrics|certificates|pki|openpgpkey)/:path*',
        headers: [
          { key: 'Content-Security-Policy', value: "default-src 'none'; frame-ancestors 'none'; sandbox" },
        ],
      },
    ];
  },
};

export default config;
