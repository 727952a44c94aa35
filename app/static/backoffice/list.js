/* Every list by keyboard, with Alt as on CJALF219F: rows, their main link, ticking, pages. Works without this file too. */
(() => {
  'use strict';
  const list = document.querySelector('form[data-rows]');
  if (!list) return;
  const rows = [...list.querySelectorAll('tbody tr:not(.ab-group)')];
  const hint = document.querySelector('.ab-keys');
  if (hint) hint.hidden = false;

  const here = () => rows.indexOf(document.activeElement.closest('form[data-rows] tr'));
  const go = (place) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, place))];
    row.tabIndex = -1;
    row.focus();
    row.scrollIntoView({ block: 'nearest' });
  };
  const press = (element) => { if (element) element.click(); };
  const page = (rel) => press(document.querySelector(`.ab-pages a[rel="${rel}"]`));
  const inRow = (selector) => { if (here() >= 0) press(rows[here()].querySelector(selector)); };

  const keys = {
    ArrowDown: () => go(here() + 1), ArrowUp: () => go(here() - 1), Enter: () => inRow('.ab-ops a'),
    KeyX: () => inRow('input[name=rowid]'), PageDown: () => page('next'), PageUp: () => page('prev'),
  };
  document.addEventListener('keydown', (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || !keys[event.code]) return;
    if (event.repeat && !event.code.startsWith('Arrow')) return;
    event.preventDefault();
    keys[event.code]();
  });
})();
