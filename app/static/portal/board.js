/* The waiting board fetches itself anew; where that fails it says so, keeps what it shows and tries again. */
(() => {
  'use strict';
  const place = document.getElementById('board');
  if (!place) return;
  const stale = document.getElementById('board-stale');
  const every = Number(place.dataset.every) * 1000;
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { 'X-Board': '1' }, redirect: 'manual', cache: 'no-store' });
      // Signed out meanwhile, or the address was changed: nothing stays on the screen that it may not show.
      if (answer.type === 'opaqueredirect' || answer.status === 403 || answer.status === 404) { location.reload(); return; }
      if (!answer.ok) throw new Error(answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('board');
      if (!fresh) throw new Error('no board');
      place.replaceChildren(...fresh.childNodes);
      stale.hidden = true;
    } catch {
      stale.hidden = false;
    }
    setTimeout(look, every);
  };
  setTimeout(look, every);
})();
