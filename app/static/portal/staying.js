// Counts down in words before the session ends, and extends it on request. What counts is what the server says.
const box = document.getElementById('portal-staying')
const form = box.querySelector('form')
const words = box.querySelector('p')
const button = box.querySelector('button')
const KEY = 'portal-session-ends'

let ends
let canExtend
let before

function set (seconds, extendable) {
  ends = Date.now() + seconds * 1000
  canExtend = extendable
  try { localStorage.setItem(KEY, `${ends} ${extendable ? 1 : 0}`) } catch { /* storage may be switched off */ }
}

// Another page of this browser has been used: the session is the same one.
addEventListener('storage', event => {
  if (event.key !== KEY || !event.newValue) return
  const [time, extendable] = event.newValue.split(' ')
  ends = Number(time)
  canExtend = extendable === '1'
  look()
})

function look () {
  const seconds = (ends - Date.now()) / 1000
  if (seconds <= 0) return location.replace(box.dataset.after) // nothing personal stays on the screen
  const warns = seconds <= Number(box.dataset.warn)
  if (warns) {
    const sentence = (canExtend ? box.dataset.sentence : box.dataset.final).replace('{n}', Math.ceil(seconds / 60))
    if (words.textContent !== sentence) words.textContent = sentence
    button.hidden = !canExtend
  }
  if (box.hidden === warns) {
    box.hidden = !warns
    if (warns) {
      before = document.activeElement
      before.scrollIntoView({ block: 'nearest' }) // what has the focus is not covered by the warning
    }
  }
}

form.addEventListener('submit', async event => {
  event.preventDefault()
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new FormData(form), redirect: 'manual' })
    if (!answer.ok) return location.replace(box.dataset.after)
    const left = await answer.json()
    set(left.seconds, left.can_extend)
    look()
    if (box.hidden && before && before.isConnected) before.focus()
  } catch {
    // no network just now: the count goes on, and the button can be pressed again
  }
})

set(Number(box.dataset.seconds), box.dataset.canExtend === '1')
look()
setInterval(look, 1000)
