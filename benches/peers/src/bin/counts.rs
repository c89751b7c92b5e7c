fn main() {
    for c in peers::measure::all(|_| true) { println!("{:10} {:12} {:8.0} {} {}", c.work, c.contender, c.instructions, c.allocations, c.lacks_allow); }
}
