/** A feed as it goes out. Readers that ask again see what was revoked meanwhile within seconds. */
export const feedResponse = (document: string): Response =>
  new Response(document, {
    headers: {
      'content-type': 'application/atom+xml; charset=utf-8',
      'cache-control': 'public, max-age=10',
    },
  });
