// SPDX-License-Identifier: MIT
// stage.js: tells what is on a slide when the slide is shown, and when it is not any more.
// It watches the class `present`, which deck.js sets as reveal.js does: so it needs neither.
(function () {
  'use strict';

  const query = new URLSearchParams(location.search);
  const still = query.has('preview') || query.has('print');

  // Calls actor.start() when the section around the element is the present one and somebody can
  // see the page, and actor.stop() when that ends.  What is outside of all sections is always on.
  // Never in the speaker's previews (a second race would be another load) and not on paper.
  socklab.stage = (element, actor) => {
    const section = element.closest('section');
    let on = false;

    function look() {
      const shown = (!section || section.classList.contains('present')) && !document.hidden;
      if (still || shown === on)
        return;
      on = shown;
      if (on)
        actor.start();
      else
        actor.stop();
    }

    if (section)
      new MutationObserver(look).observe(section, { attributes: true, attributeFilter: ['class'] });
    document.addEventListener('visibilitychange', look);
    look();
  };
}());
