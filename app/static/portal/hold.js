// Counts down while a place is held; without it the time of the end stands there in words. The server decides.
const box = document.getElementById('portal-hold')
const words = box.querySelector('strong')
const ends = Date.now() + Number(box.dataset.seconds) * 1000

function look () {
  const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000))
  const sentence = box.dataset.sentence.replace('{m}', Math.floor(left / 60)).replace('{s}', left % 60)
  words.textContent = left ? sentence : box.dataset.over
  // Read aloud once a minute and in the end, not every second.
  words.setAttribute('aria-live', left % 60 === 0 ? 'polite' : 'off')
  if (!left) clearInterval(timer)
}

const timer = setInterval(look, 1000)
look()
