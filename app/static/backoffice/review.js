/* Review page: zoom and turn without losing what was typed, and keys with Alt. Everything works without this file too. */
(() => {
  'use strict';
  const pages = document.querySelector('.rv-pages');
  const form = document.getElementById('decision');

  /* Zoom and turn: the links' own addresses, applied in place. */
  const look = (zoom, rot) => {
    const before = [pages.scrollTop / (pages.scrollHeight || 1), pages.className];
    pages.className = `rv-pages rv-z${zoom}`;
    pages.querySelectorAll('img').forEach((img) => {
      const address = new URL(img.src);
      const wasLying = Number(address.searchParams.get('rot')) % 180 !== 0;
      address.searchParams.set('zoom', zoom);
      address.searchParams.set('rot', rot);
      if (wasLying !== (rot % 180 !== 0)) [img.width, img.height] = [img.getAttribute('height'), img.getAttribute('width')];
      img.src = address;
    });
    pages.scrollTop = before[0] * pages.scrollHeight;
    document.querySelectorAll('.rv-tools a[href*="zoom="]').forEach((link) => {
      const address = new URL(link.href);
      if (link.dataset.zoom) {
        address.searchParams.set('rot', rot);
        link.toggleAttribute('aria-current', link.dataset.zoom === String(zoom));
        if (link.dataset.zoom === String(zoom)) link.setAttribute('aria-current', 'true');
      } else {
        address.searchParams.set('zoom', zoom);
        address.searchParams.set('rot', (rot + 90) % 360);
      }
      link.href = address;
    });
    if (form) {
      const target = new URL(form.action);
      target.searchParams.set('zoom', zoom);
      target.searchParams.set('rot', rot);
      form.action = target;
    }
  };
  document.addEventListener('click', (event) => {
    const link = event.target.closest('.rv-tools a[href*="zoom="]');
    if (!link || !pages || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const asked = new URL(link.href).searchParams;
    look(Number(asked.get('zoom')), Number(asked.get('rot')));
  });

  /* Keys with Alt, so that nobody decides by typing; shown only where they work. */
  document.querySelectorAll('kbd[hidden]').forEach((key) => { key.hidden = false; });
  document.addEventListener('keydown', (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    const target = document.querySelector(`[data-key="${event.code}"]`);
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.click();
  });
})();
