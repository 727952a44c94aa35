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

  /* What will be sent: reason, papers and end as they are being chosen, in the words of the list. */
  const chosen = (select) => (select && select.value ? select.selectedOptions[0].text.trim() : '');
  const withNote = (reason, note) => [reason, note.trim()].filter(Boolean).join('：');
  const fill = () => {
    const papers = [...document.querySelectorAll('[name="mend"]:checked')].map((tick) => {
      const [reason, note] = ['reason', 'note'].map((part) => document.getElementById(`paper-${part}-${tick.value}`));
      return { title: tick.dataset.title, reason: chosen(reason), why: withNote(chosen(reason), note.value) };
    });
    const until = form.elements.until.value.replaceAll('-', '/');
    const items = [...form.querySelectorAll('.rv-item')].map((item) => {
      const result = item.querySelector('input[type="radio"]:checked');
      const why = withNote(chosen(item.querySelector('select')), item.querySelector('input[type="text"]').value);
      return { name: item.dataset.item, result, why, isRefused: Boolean(result) && result.value === 'reject', own: chosen(item.querySelector('select')) };
    });
    const refused = items.filter((item) => item.isRefused);
    const firstReason = (refused.find((item) => item.own) || {}).own || (papers[0] ? papers[0].reason : '');
    const main = chosen(form.elements.reason) || firstReason;
    form.dataset.result = !items.length || !items.every((item) => item.result) ? '' : refused.length ? 'reject' : 'approve';
    const line = (item) => {
      const end = item.result && !item.isRefused ? `（${form.elements.until.labels[0].textContent.trim()}：${until}）` : '';
      return `${item.name}：${item.result ? item.result.parentElement.firstChild.nextSibling.textContent.trim() : '……'}${end}`;
    };
    const why = items.length
      ? [...new Set(refused.map((item) => item.why || main))].filter(Boolean).join('；')
      : withNote(main, form.elements.note.value);
    const texts = {
      reason: why,
      item_results: items.map(line).join('\n'),
      papers: papers.map((paper) => `${paper.title}：${paper.why}`).join('\n'),
      until,
    };
    form.querySelectorAll('[data-fill]').forEach((place) => { place.textContent = texts[place.dataset.fill] || '……'; });
  };
  /* An entry of the family book has no preview to fill. */
  if (form && form.elements.until) {
    document.addEventListener('input', fill);
    /* A paper to be mended means 審核未通過. */
    document.addEventListener('change', (event) => {
      const reject = document.getElementById('verdict-reject');
      if (reject && event.target.name === 'mend' && event.target.checked) reject.checked = true;
      fill();
    });
    /* A family's items in one go. */
    form.querySelectorAll('.rv-all').forEach((line) => { line.hidden = false; });
    form.addEventListener('click', (event) => {
      const all = event.target.closest('[data-all]');
      if (!all) return;
      form.querySelectorAll(`.rv-item input[value="${all.dataset.all}"]`).forEach((radio) => { radio.checked = true; });
      fill();
    });
    fill();
  }

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
