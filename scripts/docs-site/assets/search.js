/** Filters the list of all pages by the words of the address's ?q=. Without scripts the list stands there as it is. */
(() => {
  const results = document.getElementById('results');
  const everything = document.getElementById('everything');
  const found = document.getElementById('found');
  const field = document.getElementById('find');
  const asked = new URLSearchParams(location.search).get('q') ?? '';
  if (results === null || everything === null || found === null || field === null || asked.trim() === '')
    return;
  field.value = asked;
  const words = asked.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  const shownMax = 50;
  const score = ([title, , text]) => {
    const name = title.toLowerCase();
    let sum = 0;
    for (const word of words) {
      if (name.includes(word)) sum += 10;
      else if (text.includes(word)) sum += 1;
      else return 0;
    }
    return sum;
  };
  fetch('search.json')
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then((index) => {
      const hits = index
        .map((entry) => ({ entry, points: score(entry) }))
        .filter(({ points }) => points > 0)
        .sort((a, b) => b.points - a.points)
        .slice(0, shownMax);
      for (const { entry } of hits) {
        const item = document.createElement('li');
        const link = document.createElement('a');
        link.href = entry[1];
        link.textContent = entry[0];
        item.append(link);
        results.append(item);
      }
      found.textContent = `${hits.length === shownMax ? 'The first 50' : hits.length} found for “${asked}”.`;
      results.hidden = false;
      everything.hidden = hits.length > 0;
    })
    .catch(() => {
      found.textContent = 'The index could not be loaded; here are all pages.';
    });
})();
