/* CJALF219F by keyboard: rows, verdicts and saving with Alt. Everything works without this file too. */
(() => {
  'use strict';
  const form = document.querySelector('.dk-form');
  if (!form) return;
  const rows = [...form.querySelectorAll('[data-review] tr[id^="row-"]')];
  const verdict = (row, value) => row.querySelector(`input[type=radio][value="${value}"]`);
  form.querySelectorAll('[hidden]').forEach((hint) => { if (hint.matches('kbd, .dk-keys')) hint.hidden = false; });

  /* The row in which the reader works; before the first key it is the one above the first. */
  const here = () => rows.indexOf(document.activeElement.closest('tr'));
  const go = (place) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, place))];
    const chosen = row.querySelector('input[type=radio]:checked') || verdict(row, '');
    chosen.focus();
    row.scrollIntoView({ block: 'center' });
  };
  const choose = (value) => {
    const place = Math.max(0, here());
    verdict(rows[place], value).checked = true;
    if (value === 'reject') rows[place].querySelector('select').focus();
    else go(place + 1);
  };

  const mark = form.querySelector('[data-mark]');
  mark.addEventListener('click', (event) => {
    event.preventDefault();
    const open = rows.filter((row) => !verdict(row, 'approve').checked && !verdict(row, 'reject').checked);
    const plain = open.filter((row) => !row.hasAttribute('data-flagged')), left = open.length - plain.length;
    plain.forEach((row) => { verdict(row, 'approve').checked = true; });
    const told = [mark.dataset.mark.replace('{n}', plain.length)];
    if (left) told.push(mark.dataset.left.replace('{n}', left));
    form.querySelector('.dk-marked').textContent = told.join(' ');
  });

  /* How many were marked is no longer true once a verdict is changed by hand. */
  form.addEventListener('change', () => { form.querySelector('.dk-marked').textContent = ''; });

  const keys = {
    ArrowDown: () => go(here() + 1), ArrowUp: () => go(here() - 1), KeyA: () => choose('approve'), KeyR: () => choose('reject'),
    KeyM: () => mark.click(), KeyS: () => form.querySelector('[data-key="KeyS"]').click(),
  };
  document.addEventListener('keydown', (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat || !keys[event.code]) return;
    event.preventDefault();
    keys[event.code]();
  });
})();
