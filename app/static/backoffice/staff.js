/* Comfort only: every page works without this file. Words come from the page. */
(() => {
  'use strict';
  const $ = (selector, root = document) => root.querySelector(selector);

  // Menus: one open at a time (the attribute name does it), closed by a click elsewhere or by Escape.
  const openMenus = () => document.querySelectorAll('details.ab-menu[open]');
  document.addEventListener('click', event => openMenus().forEach(menu => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    openMenus().forEach(menu => { menu.open = false; $('summary', menu).focus(); });
  });

  // Deleting asks in a dialog instead of on a page of its own; the link's address is what is posted to.
  const confirmation = $('#confirm');
  document.addEventListener('click', event => {
    const link = event.target.closest('a[data-confirm]');
    if (!link || !confirmation || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const form = $('form', confirmation);
    $('#confirm-text').textContent = link.dataset.confirm;
    form.action = link.href;
    form.elements.back.value = link.dataset.back || '';
    confirmation.addEventListener('close', () => link.focus(), { once: true });
    confirmation.showModal();
  });

  // A form is sent once, however often a tired finger presses.
  document.addEventListener('submit', event => {
    const form = event.target;
    if (form.method !== 'post' || event.submitter?.formMethod === 'dialog') return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
  addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(form => { delete form.dataset.sent; }));

  // Ticking rows.
  document.querySelectorAll('form[data-rows]').forEach(form => {
    const boxes = form.querySelectorAll('input[name=rowid]');
    const show = () => form.querySelectorAll('button[name=action]').forEach(button => { button.disabled = ![...boxes].some(box => box.checked); });
    form.addEventListener('change', event => {
      if (event.target.matches('[data-tick-all]')) boxes.forEach(box => { box.checked = event.target.checked; });
      show();
    });
    show();
  });

  // What went wrong is read first.
  $('[data-focus], #ab-errors')?.focus();

  // Before the session ends, ask; when it has ended, leave nothing personal on the screen.
  const idle = $('#idle');
  if (idle) {
    const minutes = Number(idle.dataset.minutes), warning = Math.min(3, minutes / 2);
    const ends = idle.dataset.ends ? Date.now() + Number(idle.dataset.ends) * 1000 : Infinity, last = 5;
    const key = 'staff-seen', seen = () => Number(localStorage.getItem(key)) || 0;
    const touch = () => localStorage.setItem(key, Date.now());
    touch();
    let told = false;
    setInterval(() => {
      const left = minutes - (Date.now() - seen()) / 60000, leftInAll = (ends - Date.now()) / 60000;
      if (left <= 0 || leftInAll <= 0) { location.reload(); return; }
      // The end of the working day cannot be put off: it is said once, and the work goes on until then.
      if (leftInAll <= last && left > warning) {
        if (told) return;
        told = true;
        $('#idle-text').textContent = idle.dataset.last.replace('{n}', Math.ceil(leftInAll));
        if (!idle.open) idle.showModal();
        return;
      }
      if (left > warning) { if (idle.open) idle.close(); return; }
      $('#idle-text').textContent = idle.dataset.sentence.replace('{n}', Math.ceil(left));
      if (!idle.open) idle.showModal();
    }, 5000);
    $('form', idle).addEventListener('submit', event => {
      event.preventDefault();
      const form = event.target;
      delete form.dataset.sent;
      fetch(form.action, { method: 'POST', body: new FormData(form), redirect: 'manual' }).then(answer => {
        if (answer.status !== 204) { location.reload(); return; }
        touch();
        idle.close();
      });
    });
  }
})();
