//! The field product of a record: every record that differs from a base in so many fields.

/// Sets one field of a draft to one of its values.
pub type Setter<R> = Box<dyn Fn(&mut R)>;

/// All values of each field.
pub type Fields<R> = Vec<Vec<Setter<R>>>;

/// Values for one field.
pub fn field<R, T: Clone + 'static>(
    values: &[T],
    set: impl Fn(&mut R, T) + Clone + 'static,
) -> Vec<Setter<R>> {
    let setter = |value: &T| {
        let (value, set) = (value.clone(), set.clone());
        Box::new(move |draft: &mut R| set(draft, value.clone())) as Setter<R>
    };
    values.iter().map(setter).collect()
}

/// Shows `each` every draft that differs from `base` in at most `most` fields, with how many were set.
pub fn product<R: Clone>(
    base: &R,
    fields: &Fields<R>,
    most: usize,
    each: &mut dyn FnMut(&R, usize),
) {
    each(base, 0);
    below(base, fields, most, 0, each);
}

fn below<R: Clone>(
    base: &R,
    fields: &[Vec<Setter<R>>],
    most: usize,
    set: usize,
    each: &mut dyn FnMut(&R, usize),
) {
    if most == 0 {
        return;
    }
    for (at, values) in fields.iter().enumerate() {
        for value in values {
            let mut draft = base.clone();
            value(&mut draft);
            each(&draft, set + 1);
            below(&draft, &fields[at + 1..], most - 1, set + 1, each);
        }
    }
}
