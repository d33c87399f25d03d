"""The documentation page in a real browser: it opens under its content security policy, takes a
token and makes a call."""
import contextlib
import pathlib
import tempfile

import pytest
import requests

pytestmark = pytest.mark.browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
SWAGGER = ROOT / "node_modules" / "swagger-ui-dist"
WAIT_S = 60
# The last ones keep the browser from looking for its maker's hosts.
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--window-size=1200,2000", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--disable-quic"]


@contextlib.contextmanager
def chromium():
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    with tempfile.TemporaryDirectory() as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        for argument in ARGUMENTS + [f"--user-data-dir={profile}"]:
            options.add_argument(argument)
        browser = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        try:
            yield browser
        finally:
            browser.quit()


@pytest.fixture
def docs_server(start_server):
    assert SWAGGER.is_dir(), "script/install test brings swagger-ui-dist"
    return start_server(LOFT_DOCS=SWAGGER)


def base_url(server):
    return f"http://127.0.0.1:{server.settings['LOFT_PORT']}"


def wait_for(browser, selector):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support import expected_conditions
    from selenium.webdriver.support.ui import WebDriverWait
    place = (By.CSS_SELECTOR, selector)
    WebDriverWait(browser, WAIT_S).until(expected_conditions.element_to_be_clickable(place))
    return browser.find_element(*place)


def test_page_forbids_everything_inline_and_foreign(docs_server):
    answer = requests.get(base_url(docs_server) + "/docs", timeout=10)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "style-src 'self';" in policy
    assert "unsafe" not in policy and "http" not in policy


def test_files_outside_the_page_are_not_served(docs_server):
    for name in ("package.json", "..%2fpackage.json", "index.html", "swagger-ui.css.map"):
        assert requests.get(f"{base_url(docs_server)}/docs/{name}", timeout=10).status_code in (400, 404)


def test_without_the_package_there_is_no_page(anonymous):
    assert requests.get(base_url(anonymous.server) + "/docs", timeout=10).status_code == 404


def test_browser_authorises_and_calls(docs_server, tokens):
    with chromium() as browser:
        browser.get(base_url(docs_server) + "/docs")
        wait_for(browser, "button.authorize").click()
        wait_for(browser, "input#auth-bearer-value").send_keys(tokens["participant"])
        form = "//form[.//input[@id='auth-bearer-value']]//button[@type='submit']"
        browser.find_element("xpath", form).click()
        wait_for(browser, "button.btn-done").click()
        wait_for(browser, "#operations-tag-identity").click()
        wait_for(browser, "#operations-identity-get_me .opblock-summary-control").click()
        wait_for(browser, "#operations-identity-get_me button.try-out__btn").click()
        wait_for(browser, "#operations-identity-get_me button.execute").click()
        status = wait_for(browser, "#operations-identity-get_me .live-responses-table tr.response td.response-col_status").text
        body = browser.find_element("css selector", "#operations-identity-get_me .live-responses-table").text
        complaints = [line for line in browser.get_log("browser") if line["level"] == "SEVERE"]
    assert status.startswith("200")
    assert '"subject": "participant"' in body
    assert complaints == []
