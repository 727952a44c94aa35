/* The preview follows the typing; the button does the same without this file. */
(() => {
  'use strict';
  const form = document.getElementById('text');
  let waiting = 0, last = 0;
  const show = async () => {
    const mine = ++last;
    const sent = new FormData(form);
    sent.set('preview', '1');
    const answer = await fetch(form.action.split('#')[0], { method: 'POST', body: sent, redirect: 'manual' }).catch(() => null);
    if (!answer || answer.status !== 200 || mine !== last) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const id of ['preview', 'mistakes']) {
      const fresh = page.getElementById(id);
      fresh?.querySelectorAll('[role=alert]').forEach(alert => alert.removeAttribute('role'));
      if (fresh) document.getElementById(id).replaceChildren(...fresh.childNodes);
    }
  };
  form?.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(show, 500); });
})();
