package browsertest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"understudy/mock/mocktest"
)

// TestConsoleStaysHandy looks at the console after a day's work, on a phone and on a desk: it scrolls downwards only, and not for ever.
func TestConsoleStaysHandy(t *testing.T) {
	t.Parallel()
	s := mocktest.Run(t)
	for _, tenant := range []string{"nextcommerce/example", "commerceengine/store_01", "norce/norce:1", "commercelayer/yourdomain"} {
		for range 60 {
			s.Call("POST", "/_understudy/"+tenant+"/orders", map[string]any{"role": "payable"}).Want(http.StatusCreated)
		}
	}
	s.Call("GET", "/nextcommerce/"+strings.Repeat("a-long-way/", 40), nil, "Authorization: Bearer x").Want(http.StatusNotFound)
	for _, phone := range []bool{true, false} {
		t.Run(fmt.Sprintf("phone %v", phone), func(t *testing.T) {
			t.Parallel()
			b := Open(t, Customer{Phone: phone})
			b.Visit(s.URL + "/")
			if at := b.URL(); at != s.URL+"/_understudy/" {
				t.Fatalf("the bare address leads to %s", at)
			}
			width, height, screen := b.Size()
			if width > screen {
				t.Errorf("the page is %d wide on a screen of %d", width, screen)
			}
			if height > 7000 {
				t.Errorf("the page is %d tall", height)
			}
			b.Shot("console")
		})
	}
}
