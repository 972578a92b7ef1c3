"use strict";
(() => {
  function choose(basis) {
    for (const part of document.querySelectorAll("[data-basis]")) {
      part.hidden = part.dataset.basis !== basis;
    }
    document.dispatchEvent(new Event("shown"));
  }

  for (const choice of document.querySelectorAll("input[name=basis]")) {
    choice.addEventListener("change", () => choose(choice.value));
  }
  const chosen = document.querySelector("input[name=basis]:checked");
  choose(chosen ? chosen.value : "all");
})();
