package browsertest

import (
	"testing"

	"understudy/mock/mocktest"
)

// TestProblems gets things wrong on the payment page: the field that was wrong is the one to go on with, and a reload gets nothing wrong again.
func TestProblems(t *testing.T) {
	t.Parallel()
	for _, c := range []Customer{{}, {NoScript: true}} {
		b := Open(t, c)
		b.Visit(commerceEngine.begin(mocktest.Run(t), "https://shop.example.test/thanks").link)
		wrong := func(field, text, button, problem string) {
			t.Helper()
			b.Type(field, text)
			if status := b.Press(button); status != 200 {
				t.Errorf("the page answers %d", status)
			}
			for range 3 {
				if told := b.Text("problem"); told != problem {
					t.Errorf("%s %q is met with %q", field, text, told)
				}
				if focused := b.Focused(); focused != field {
					t.Errorf("after a wrong %s the focus is on %q", field, focused)
				}
				b.Reload()
			}
		}
		wrong("card-number", "4242 4242 4242 4241", "pay", "That is not a card number. 4242 4242 4242 4242 is one.")
		b.Click("by-upi")
		wrong("upi", "nobody", "pay", "That is not a UPI id. One looks like success@upi.")
		b.Type("upi", "challenge@upi")
		b.Press("pay")
		wrong("otp", "1", "authenticate", "That code is not right. 2 more before the bank gives up.")
		wrong("otp", "2", "authenticate", "That code is not right. 1 more before the bank gives up.")
		b.Press("resend")
		if b.Has("problem") {
			t.Error("it is still wrong after another press")
		}
	}
}
